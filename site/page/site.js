// The site's script: the theme, the search, buttons that copy code, the mark at the heading in view. Everything can be
// read without it.
"use strict";
(() => {
  const root = document.documentElement.dataset.root;
  const $ = (selector) => document.querySelector(selector);

  // --- the theme ---------------------------------------------------------------------------------------------------
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (systemIsDark.matches ? "dark" : "light")) === "dark";
  const button = $(".theme");
  const label = () => button.setAttribute("aria-label", isDark() ? "Switch to the light theme" : "Switch to the dark theme");
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("optlab-theme", theme); } catch { /* a private window keeps nothing */ }
    label();
  });

  // --- copying -----------------------------------------------------------------------------------------------------
  for (const block of document.querySelectorAll(".source")) {
    const copy = document.createElement("button");
    copy.className = "copy";
    copy.type = "button";
    copy.textContent = "Copy";
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(block.querySelector("code").textContent);
        copy.textContent = "Copied";
      } catch { copy.textContent = "Not allowed"; }
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    });
    block.append(copy);
  }

  // --- animations that the reader does not want to see move -------------------------------------------------------
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    for (const node of document.querySelectorAll(".motion")) node.open = false;
  }

  // --- the heading in view -------------------------------------------------------------------------------------------
  const links = new Map([...document.querySelectorAll(".toc a")].map((a) => [a.hash.slice(1), a]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let marked = null;
  const mark = () => {
    const above = headings.filter((h) => h.getBoundingClientRect().top < 120);
    const link = links.get((above.at(-1) || headings[0] || {}).id) || null;
    if (link === marked) return;
    if (marked) marked.classList.remove("here");
    if (link) link.classList.add("here");
    marked = link;
  };
  if (headings.length > 0) { addEventListener("scroll", mark, { passive: true }); mark(); }
  const current = $(".side [aria-current]");
  if (current && current.offsetTop > $(".side").clientHeight - 80) $(".side").scrollTop = current.offsetTop - 150;

  // --- the search ----------------------------------------------------------------------------------------------------
  // search-index.js is a script, for a page that was opened as a file may not fetch another file.
  const box = $(".search"), input = $(".search input"), hits = $(".hits"), said = $("#said");
  const MOST = 30;
  let index = null, loading = null, chosen = -1;

  const load = () => {
    loading ||= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = root + "assets/search-index.js";
      script.onload = () => {
        index = window.optlabIndex.map(([url, title, where, text, also]) => ({
          url, title, where, text, lowTitle: title.toLowerCase(), lowText: text.toLowerCase(),
          also: also.toLowerCase().split(/[\s.]+/),
        }));
        resolve();
      };
      document.head.append(script);
    });
    return loading;
  };

  // How well a word matches an entry; 0 where it does not.
  const rate = (entry, word) => {
    if (entry.also.includes(word)) return 110; // the name of a page
    const at = entry.lowTitle.indexOf(word);
    if (at >= 0) {
      const last = entry.lowTitle.split(/[.:]/).at(-1);
      if (entry.lowTitle === word || last === word) return 100;
      const starts = at === 0 || !/[a-z0-9]/.test(entry.lowTitle[at - 1]);
      return starts ? 50 : 20;
    }
    const inText = entry.lowText.search(new RegExp("(^|[^a-z0-9])" + word.replace(/[^\p{L}\p{N}]/gu, "\\$&"), "u"));
    if (inText >= 0) return 5;
    return entry.lowText.includes(word) ? 1 : 0;
  };

  const find = (words) => {
    const found = [];
    for (const entry of index) {
      let sum = 0;
      for (const word of words) {
        const points = rate(entry, word);
        if (points === 0) { sum = 0; break; }
        sum += points;
      }
      if (sum > 0) found.push([sum - entry.title.length / 100, entry]);
    }
    return found.sort((a, b) => b[0] - a[0]).slice(0, MOST).map(([, entry]) => entry);
  };

  // A text with the words marked, as nodes.
  const marking = (text, words) => {
    const out = document.createDocumentFragment(), low = text.toLowerCase();
    for (let at = 0; at < text.length;) {
      let from = text.length, length = 0;
      for (const word of words) {
        const place = low.indexOf(word, at);
        if (place >= 0 && place < from) { from = place; length = word.length; }
      }
      out.append(text.slice(at, from));
      if (length > 0) {
        const mark = document.createElement("mark");
        mark.textContent = text.slice(from, from + length);
        out.append(mark);
      }
      at = from + length;
    }
    return out;
  };

  const excerpt = (entry, words) => {
    const at = Math.max(0, Math.min(...words.map((word) => entry.lowText.indexOf(word)).filter((i) => i >= 0)) - 50);
    if (!Number.isFinite(at) || at === 0) return entry.text.slice(0, 200);
    return "… " + entry.text.slice(entry.text.indexOf(" ", at) + 1, at + 220);
  };

  const span = (name, ...children) => {
    const made = document.createElement("span");
    made.className = name;
    made.append(...children);
    return made;
  };

  const choose = (n) => {
    const items = hits.querySelectorAll("[role=option]");
    chosen = items.length === 0 ? -1 : (n + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    if (chosen >= 0) {
      items[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", items[chosen].id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const close = () => { hits.hidden = true; input.setAttribute("aria-expanded", "false"); choose(-1); };

  const show = async () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) { close(); return; }
    await load();
    const found = find(words);
    hits.replaceChildren(...found.map((entry, i) => {
      const item = document.createElement("li"), link = document.createElement("a");
      item.setAttribute("role", "option");
      item.id = "hit-" + i;
      link.href = root + entry.url;
      link.tabIndex = -1;
      link.append(span("where", entry.where), span("title", marking(entry.title, words)),
        span("text", marking(excerpt(entry, words), words)));
      item.append(link);
      return item;
    }));
    if (found.length === 0) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "Nothing found for “" + input.value + "”.";
      hits.append(none);
    }
    said.textContent = found.length === 0 ? "Nothing found" : found.length + " results";
    hits.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(found.length > 0 ? 0 : -1);
  };

  box.hidden = false;
  input.addEventListener("focus", load);
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const items = hits.querySelectorAll("[role=option]");
    if (event.key === "ArrowDown" && items.length > 0) { choose(chosen + 1); event.preventDefault(); }
    if (event.key === "ArrowUp" && items.length > 0) { choose(chosen - 1); event.preventDefault(); }
    if (event.key === "Enter" && items[chosen]) items[chosen].querySelector("a").click();
    if (event.key === "Escape") { input.value = ""; close(); input.blur(); }
  });
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { input.focus(); event.preventDefault(); }
  });
  addEventListener("click", (event) => { if (!box.contains(event.target)) close(); });
  document.addEventListener("focusin", (event) => { if (!box.contains(event.target)) close(); });
})();
