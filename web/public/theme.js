// Runs before the first paint, so that a dark page is never white first.
(() => {
  const chosen = localStorage.getItem("igny8.theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark", dark);
})();
