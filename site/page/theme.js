// Before anything is drawn: the theme that the reader has chosen.
try {
  const theme = localStorage.getItem("optlab-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* a private window keeps nothing */ }
