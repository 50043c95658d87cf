/* What a reader sees of a page: unfolded words, what is empty, named numbers, screens, blocks. */
(() => {
  const HEADINGS = "h1, h2, h3, h4, h5, h6";
  const BLOCKS = `figure, tr, p, li, dt, dd, .tile, code, ${HEADINGS}`;
  const NONE = /^(|[-–—−]|hidden|not shown|none|n\/a)$/i;
  const ZERO = /^[^\w\d]*0(\.0+)?\s*%?$/;
  const NUMBER = /^[^\w\d]*\d[\d,.]*\s*%?( (to|of) .*)?$/;
  const SAYS_NOTHING = /nothing to (list|show|report)\b|^(none|no rows?)\.?$/i;
  const PAPER_WIDTH = 643, LEAST_WIDTH = 200, LEAST_HEIGHT = 60;
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const tidy = (text) => text.replace(/\s+/g, " ").trim();
  const short = (text) => tidy(text).slice(0, 90);

  /* Text for a screen reader alone is clipped to a pixel: nobody sees it. */
  const clipped = (one) => {
    const style = getComputedStyle(one);
    return style.position === "absolute" && style.overflow === "hidden" && one.offsetWidth <= 1;
  };
  const inside = (one) => one.closest("svg") ? one.closest("svg").parentElement : one;
  const seen = (one) => {
    if (!one.checkVisibility({visibilityProperty: true, opacityProperty: true})) return false;
    for (let up = inside(one); up; up = up.parentElement) if (clipped(up)) return false;
    return true;
  };
  const holder = (one) => {
    const drawn = one.closest("svg text");
    if (drawn || one.closest("svg")) return drawn;
    while (getComputedStyle(one).display.startsWith("inline") && one !== document.body)
      one = one.parentElement;
    return one;
  };
  const textNodes = (root = document.body) => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) if (walk.currentNode.data.trim()) found.push(walk.currentNode);
    return found.filter((node) => seen(node.parentElement));
  };
  const drawings = (root = document) => all("svg, img, canvas", root)
    .filter((one) => seen(one) && !one.parentElement.closest("svg"));

  const isHeading = (one) => one.closest(`${HEADINGS}, .title, caption`)
    || (one.closest("figcaption") && !one.closest("figcaption").querySelector(".title"));

  /* One line a block of text: what it says and where it stands. */
  const lines = () => {
    const found = new Map();
    for (const node of textNodes()) {
      const block = holder(node.parentElement);
      if (block) found.set(block, (found.get(block) ?? "") + node.data);
    }
    return [...found].map(([block, text]) => ({
      text: tidy(text),
      place: block.closest("svg") ? "chart" : isHeading(block) ? "heading"
        : block.closest("table") ? "table" : "text"}));
  };
  const codes = () => all("code, kbd, samp").filter(seen).map((one) => tidy(one.textContent));
  const charts = () => new Set(drawings().filter((one) => !one.closest(".tile")
    && one.getBoundingClientRect().width >= LEAST_WIDTH
    && one.getBoundingClientRect().height >= LEAST_HEIGHT)
    .map((one) => one.closest("figure") ?? one)).size;

  /* What is there and holds nothing. */
  const nameOf = (one) => short((one.closest("figure")?.querySelector(".title, figcaption")
    ?? one.querySelector(`caption, figcaption, ${HEADINGS}`))?.textContent
    ?? one.closest("section")?.querySelector(HEADINGS)?.textContent ?? "without a name");
  const rowsOf = (table) => all("tr", table).filter((row) => seen(row) && row.querySelector("td"));
  const cellsOf = (row) => all("td", row).map((cell) => tidy(cell.textContent));
  const numbers = (texts) => texts.filter((text) => NUMBER.test(text) || NONE.test(text));
  const isZero = (texts) => texts.length > 0
    && texts.every((text) => NONE.test(text) || ZERO.test(text));
  const emptyTable = (table) => {
    const rows = rowsOf(table);
    if (!rows.length) return "no rows";
    return isZero(numbers(rows.flatMap(cellsOf))) ? "nothing but zeros" : "";
  };
  const emptyTables = () => all("table").filter(seen).map((one) => [one, emptyTable(one)])
    .filter(([, why]) => why).map(([one, why]) => `table "${nameOf(one)}": ${why}`);
  const zeroRows = () => all("table").filter(seen).filter((one) => !emptyTable(one))
    .flatMap((one) => rowsOf(one).filter((row) => isZero(numbers(cellsOf(row)))
      && cellsOf(row).some((text) => ZERO.test(text)))
      .map((row) => `${short(row.cells[0].textContent)} (in "${nameOf(one)}")`));
  const emptyTiles = () => all(".tile").filter(seen)
    .map((one) => [one, tidy((one.querySelector(".value strong, .value") ?? one).textContent)])
    .filter(([, value]) => isZero([value]))
    .map(([one, value]) => `tile "${nameOf(one)}": ${value || "no value"}`);
  const isBare = (figure) => !figure.querySelector("table")
    && !textNodes(figure).some((node) => !node.parentElement.closest("figcaption"))
    && !drawings(figure).some((one) => one.matches("img, canvas")
      || one.querySelector("path, rect, circle, line, polygon, polyline, use, text"));
  const emptyFigures = () => all("figure").filter(seen).filter(isBare)
    .map((one) => `figure "${nameOf(one)}": nothing in it`);
  const saysNothing = () => all("p, li").filter(seen)
    .filter((one) => SAYS_NOTHING.test(tidy(one.textContent)))
    .map((one) => `sentence "${short(one.textContent)}"`);

  /* A heading is bare where the next thing is a heading of its own level or above, or the end. */
  const bareHeadings = () => {
    const order = [];
    const walk = document.createTreeWalker(document.querySelector("main") ?? document.body,
      NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType === 1 ? node.matches(HEADINGS) && seen(node)
        : node.data.trim() && !node.parentElement.closest(HEADINGS) && seen(node.parentElement))
        order.push(node);
      else if (node.nodeType === 1 && node.matches("svg, img, canvas") && seen(node))
        order.push(node);
    }
    const level = (node) => node?.matches?.(HEADINGS) ? +node.tagName[1] : 0;
    return order.filter((node, n) => level(node) > 1
      && (n + 1 === order.length || (level(order[n + 1]) && level(order[n + 1]) <= level(node))))
      .map((node) => `heading "${short(node.textContent)}": nothing below it`);
  };
  const empty = () => [...emptyTables(), ...emptyTiles(), ...emptyFigures(), ...saysNothing(),
    ...bareHeadings()];

  /* Numbers with a name: of tiles, and of rows and columns of tables, folded or not. */
  const tiles = () => all(".tile").filter(seen).map((one) => ({
    label: tidy(one.querySelector(HEADINGS)?.textContent ?? ""),
    value: tidy((one.querySelector(".value strong") ?? one).textContent),
    unit: tidy(one.querySelector(".unit")?.textContent ?? ""),
    n: tidy(all("dt", one).find((term) => tidy(term.textContent) === "n")
      ?.nextElementSibling?.textContent ?? "")}));
  const cells = () => all("table").flatMap((table) => {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((one) => tidy(one.textContent));
    const about = tidy(table.closest("figure")?.querySelector(".subtitle")?.textContent ?? "");
    return all("tbody tr", table).flatMap((row) => [...row.cells].slice(1).map((cell, n) => ({
      row: tidy(row.cells[0].textContent), column: heads[n + 1] ?? "", about,
      value: tidy(cell.textContent)})));
  });

  /* A screen of presenting: what it shows, and what of it lies outside the window. */
  const outside = (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (box.bottom > innerHeight + 1 || box.top < -1
      || box.right > innerWidth + 1 || box.left < -1);
  };
  const overflows = (one) => getComputedStyle(one).overflow !== "visible" && !clipped(one)
    && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
  const screen = () => ({
    signature: `${scrollX} ${scrollY} ${document.body.innerText}`,
    title: short(all(HEADINGS).filter(seen)[0]?.textContent ?? document.body.innerText),
    cut: all(`${BLOCKS}, svg, img, table`).filter((one) => !one.closest("svg svg") && seen(one)
      && outside(one)).concat(all("main *").filter((one) => !one.closest("svg") && seen(one)
      && overflows(one))).map((one) => `${one.tagName.toLowerCase()} ${short(one.textContent)}`)});

  /* Blocks that print, each between two marks that its PDF tells the pages of. */
  let known = [];
  const remember = () => { known = all(BLOCKS).map((one) => [one, seen(one)]); };
  const mark = (text, add) => {
    const one = document.createElement("span");
    one.textContent = `{{${text}}}`;
    one.style.cssText = "position: absolute; font: 1px serif; letter-spacing: 0; color: #888";
    add(one);  // what lies outside the page is not printed
    if (one.getBoundingClientRect().left > PAPER_WIDTH / 2)
      one.style.transform = "translateX(-300%)";
  };
  const blocks = () => known.map(([one, isSeen], n) => {
    const prints = seen(one) && one.offsetHeight > 0;
    const what = one.matches(".tile") ? "tile" : one.tagName.toLowerCase();
    const within = known.flatMap(([up], m) => up !== one && up.contains(one) ? [m] : []);
    const told = {n, what, isSeen, prints, within, height: one.offsetHeight,
      text: short(one.textContent)};
    const first = one.matches("tr") ? one.cells[0] : one;
    const last = one.matches("tr") ? one.cells[one.cells.length - 1] : one;
    if (prints && first) mark(`${n}a`, (one) => first.prepend(one));
    if (prints && last) mark(`${n}b`, (one) => last.append(one));
    return told;
  });
  window.reading = {
    page: () => ({lines: lines(), codes: codes(), charts: charts(), tiles: tiles(),
      tables: all("table").filter(seen).length, cells: cells(), empty: empty(),
      zero_rows: zeroRows()}),
    height: () => document.documentElement.scrollHeight,
    screen, remember, blocks, paperWidth: PAPER_WIDTH,
  };
})();
