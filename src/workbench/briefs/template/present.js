/* Presenting: p begins and ends it, arrows move, Escape ends it; each part of the page is a slide.
   Type is as large as fits, and a slide that is still too long goes on over several screens. */
(() => {
  const root = document.documentElement;
  const button = document.querySelector(".present");
  const slides = [...document.querySelectorAll(".slide")];
  let at = -1;
  const fits = (part) => {
    root.style.setProperty("--part", part);
    return root.scrollHeight <= innerHeight;
  };
  const fit = () => [1, .96, .92, .88, .84, .8, .76, .72, .68, .64, .8].find(fits);
  const show = (to) => {
    const last = slides[at];
    const now = slides[at = Math.min(to, slides.length - 1)];
    last?.classList.remove("now");
    now?.classList.add("now");
    root.classList.toggle("show", now);
    document.querySelector(".place").textContent = now ? `Slide ${at + 1} of ${slides.length}` : "";
    button.textContent = now ? "Leave" : "Present";
    if (!now) return last.scrollIntoView();
    fit();
    scrollTo(0, 0);
    now.tabIndex = -1;
    now.focus({preventScroll: true});
  };
  const turn = () => show(at < 0
    ? slides.findIndex((slide) => slide.getBoundingClientRect().bottom > innerHeight / 4) : -1);
  const back = () => show(Math.max(0, at - 1));
  const next = () => {
    const cut = [...slides[at].querySelectorAll("figure, figure ~ p")]
      .find((part) => part.getBoundingClientRect().bottom > innerHeight + 1);
    if (!cut) show(at + 1);
    else if (cut.getBoundingClientRect().top > innerHeight / 5) cut.scrollIntoView();
    else scrollBy(0, innerHeight * .75);
  };
  const moves = {ArrowRight: next, ArrowDown: next, PageDown: next, " ": next, Escape: turn,
    ArrowLeft: back, ArrowUp: back, PageUp: back, Home: () => show(0), End: () => show(999)};
  addEventListener("keydown", (event) => {
    const {key, target} = event;
    const move = key === "p" ? turn : at >= 0 && moves[key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === " " && target === button) return;
    event.preventDefault();
    move();
  });
  addEventListener("resize", () => at < 0 || fit());
  addEventListener("hashchange", () => {
    const to = slides.findIndex((slide) => slide.querySelector(":target"));
    if (at >= 0 && to >= 0) show(to);
  });
  button.onclick = turn;
  button.hidden = false;
})();
