/* Light or dark: the choice of the visitor, else that of the system. A plain script in the head, so that it runs before
   the first paint. */
(() => {
  const root = document.documentElement;
  const KEY = "theme";
  const isTheme = (value) => value === "light" || value === "dark";

  // Storage may be forbidden by the browser; then the choice lasts as long as the page.
  const read = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const write = (value) => { try { localStorage.setItem(KEY, value); } catch { /* kept for this page only */ } };

  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { root.dataset.bsTheme = isTheme(read()) ? read() : system.matches ? "dark" : "light"; };
  apply();
  system.addEventListener("change", apply);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("#theme")) return;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    write(root.dataset.bsTheme);
  });
})();
