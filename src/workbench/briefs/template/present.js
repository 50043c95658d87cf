/* Presenting: p begins and ends it, arrows move, Escape ends it; each part of the page is a slide. */
(() => {
  const root = document.documentElement;
  const button = document.querySelector(".present");
  const status = document.querySelector(".place");
  const slides = [...document.querySelectorAll(".slide")];
  const steps = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1,
    ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -999, End: 999};
  let at = -1;
  const fit = () => {
    const set = (size) => root.style.setProperty("--size", `${size}px`);
    const most = Math.max(13, Math.min(innerWidth / 54, innerHeight / 33));
    let size = most;
    do set(size); while (root.scrollHeight > innerHeight && (size -= .5) > most * .63);
    if (root.scrollHeight > innerHeight) set(most * .8);
  };
  const next = () => {
    const cut = [...slides[at].querySelectorAll("figure, figure ~ p")]
      .find((part) => part.getBoundingClientRect().bottom > innerHeight + 1);
    const top = cut?.getBoundingClientRect().top;
    if (!cut) show(at + 1);
    else if (top > innerHeight / 5) cut.scrollIntoView();
    else scrollBy(0, innerHeight * .75);
  };
  const show = (to) => {
    slides[at]?.classList.remove("now");
    at = Math.max(0, Math.min(to, slides.length - 1));
    root.classList.add("show");
    slides[at].classList.add("now");
    slides[at].tabIndex = -1;
    fit();
    scrollTo(0, 0);
    slides[at].focus({preventScroll: true});
    status.textContent = `Slide ${at + 1} of ${slides.length}`;
    button.textContent = "Leave";
  };
  const leave = () => {
    const last = slides[at];
    at = -1;
    root.classList.remove("show");
    last.classList.remove("now");
    last.scrollIntoView();
    status.textContent = "";
    button.textContent = "Present";
  };
  const turn = () => at < 0
    ? show(slides.findIndex((slide) => slide.getBoundingClientRect().bottom > innerHeight / 4))
    : leave();
  addEventListener("keydown", (event) => {
    const {key, target} = event;
    const isOn = at >= 0;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === " " && target.closest("button, summary")) return;
    if (key === "p" || isOn && key === "Escape") turn();
    else if (isOn && steps[key] === 1) next();
    else if (isOn && steps[key]) show(at + steps[key]);
    else return;
    event.preventDefault();
  });
  addEventListener("resize", () => at < 0 || fit());
  addEventListener("hashchange", () => {
    const goal = document.getElementById(location.hash.slice(1));
    if (at >= 0 && goal) show(slides.findIndex((slide) => slide.contains(goal)));
  });
  button.onclick = turn;
  button.hidden = false;
})();
