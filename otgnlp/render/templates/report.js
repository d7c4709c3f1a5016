"use strict";
(() => {
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const findAll = (selector, from = document) => [...from.querySelectorAll(selector)];
  const words = JSON.parse(find("#words").textContent);
  const many = document.body.classList.contains("many");
  const form = find("#filters");
  const topicBoxes = findAll('[name="topic"]', form);
  const N_TOPICS = topicBoxes.length;
  const SLICE = 25; // ms of work, after which the browser may do its own

  /* Work through items without keeping the browser busy; a newer run of the same kind ends it. */
  const runs = {};
  async function slowly(kind, items, work) {
    const run = (runs[kind] = (runs[kind] ?? 0) + 1);
    let began = performance.now();
    for (const item of items) {
      work(item);
      if (performance.now() - began > SLICE) {
        await new Promise((resume) => setTimeout(resume));
        if (runs[kind] !== run) return false;
        began = performance.now();
      }
    }
    return true;
  }

  /* ---- what the page holds, read once ---- */

  const packed = findAll(".packed");
  const texts = findAll("article").map((article) => ({
    article,
    row: find(`#documents [data-number="${article.dataset.number}"]`),
  }));
  const N_UNPACKED = texts.length;
  const N_TEXTS = N_UNPACKED + packed.length;

  /* The page's own template made and escaped what is unpacked; the policy lets nothing else in. */
  const plain = { createHTML: (markup) => markup };
  const policy = window.trustedTypes?.createPolicy("otgnlp", plain) ?? plain;
  function text(number) {
    if (texts[number]) return texts[number];
    const template = document.createElement("template");
    template.innerHTML = policy.createHTML(`<table>${packed[number - N_UNPACKED].textContent.replace("</tr>", "</tr></table>")}`);
    packed[number - N_UNPACKED].remove();
    return (texts[number] = { row: find("tr", template.content), article: find("article", template.content) });
  }

  const sentences = [];
  const numbers = Array.from({ length: N_TEXTS }, (_, number) => number);
  const reading = slowly("read", numbers, (number) => {
    const { article } = text(number);
    const { period } = article.dataset;
    texts[number].period = period === undefined ? null : Number(period);
    for (const element of article.querySelectorAll(".s")) {
      const given = findAll(":scope > .k", element).map(topicOf);
      sentences.push({ element, number, given, shown: given, reached: given, p: null, matches: true });
    }
  });

  function topicOf(element) {
    return Number(/(?:^| )t(\d+)/.exec(element.className)[1]);
  }

  function probabilities(sentence) {
    sentence.p ??= sentence.element.dataset.p.split(" ").map(Number);
    return sentence.p;
  }

  /* ---- filters ---- */

  function wanted() {
    return {
      on: new Set(topicBoxes.filter((box) => box.checked).map((box) => Number(box.value))),
      untold: form.elements.none.checked,
      least: Number(form.elements.least.value),
    };
  }

  async function filter() {
    find("#least-shown").value = `${form.elements.least.value} %`;
    document.body.classList.toggle("hide", form.elements.hide.checked);
    document.body.classList.toggle("percents", form.elements.percents.checked);
    const now = wanted();
    await reading;
    if (await slowly("filter", sentences, (sentence) => judge(sentence, now))) {
      if (await slowly("blocks", texts, hideEmpty)) await count();
    }
  }

  function judge(sentence, now) {
    const reached = sentence.given.filter((topic) => probabilities(sentence)[topic] >= now.least);
    sentence.reached = reached;
    const shown = reached.filter((topic) => now.on.has(topic));
    const matches = shown.length > 0 || (reached.length === 0 && now.untold);
    if (shown.join() !== sentence.shown.join()) shade(sentence, shown);
    if (matches !== sentence.matches) sentence.element.classList.toggle("n", !matches);
    sentence.matches = matches;
  }

  function shade(sentence, shown) {
    const { element } = sentence;
    sentence.shown = shown;
    const shades = shown.slice(0, 3).map((topic, place) => "abc"[place] + topic);
    element.className = ["s", ...shades, ...(sentence.matches ? [] : ["n"])].join(" ");
    if (shown.length) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
    for (const key of findAll(":scope > .k", element)) key.hidden = !shown.includes(topicOf(key));
    for (const word of element.querySelectorAll("u")) underline(word, shown);
  }

  function underline(word, shown) {
    let topic = 0;
    let strength = 0;
    for (const pair of word.dataset.e.split(" ")) {
      const [number, value] = pair.split(":").map(Number);
      if (value > strength && shown.includes(number)) [topic, strength] = [number, value];
    }
    word.className = `t${topic} e${strength}`;
  }

  function hideEmpty({ article }) {
    for (const block of article.querySelectorAll(".body p")) {
      block.classList.toggle("n", find(".s:not(.n)", block) === null);
    }
  }

  /* ---- counts and charts, of what reaches the probability ---- */

  async function count() {
    const tallies = numbers.map(() => new Array(N_TOPICS + 1).fill(0));
    const sizes = numbers.map(() => 0);
    for (const { number, reached } of sentences) {
      sizes[number] += 1;
      for (const topic of reached) tallies[number][topic] += 1;
      if (!reached.length) tallies[number][N_TOPICS] += 1;
    }
    const open = many && document.body.classList.contains("reading") ? opened() : null;
    const rows = open === null ? tallies : [tallies[open]];
    const size = open === null ? sentences.length : sizes[open];
    findAll(".totals tbody tr", form).forEach((row, topic) => {
      const total = rows.reduce((sum, tally) => sum + tally[topic], 0);
      find(".count", row).textContent = total;
      find(".share", row).textContent = `${percent(total, size)} %`;
      findAll("rect", row)[1].setAttribute("width", `${(100 * total) / (size || 1)}%`);
    });
    if (many) {
      drawPeriods(tallies, sizes);
      await slowly("cells", numbers, (number) => {
        const { row } = texts[number];
        findAll(".of", row).forEach((cell, topic) => fillCell(cell, topic, tallies[number][topic], sizes[number]));
      });
    }
    drawLanes(opened());
  }

  function percent(part, whole) {
    if (!part || part === whole) return part ? 100 : 0;
    return Math.min(Math.max(Math.round((100 * part) / whole), 1), 99);
  }

  function fillCell(cell, topic, part, whole) {
    const text = String(percent(part, whole));
    if (cell.textContent === text) return;
    cell.textContent = text;
    cell.className = `of t${topic} h${Math.ceil((4 * part) / (whole || 1))}`;
  }

  function drawPeriods(tallies, sizes) {
    const charts = findAll(".charts figure");
    if (!charts.length) return;
    const n = findAll("rect", charts[0]).length;
    const parts = charts.map(() => new Array(n).fill(0));
    const wholes = new Array(n).fill(0);
    texts.forEach(({ period }, number) => {
      if (period === null) return;
      wholes[period] += sizes[number];
      parts.forEach((row, topic) => { row[period] += tallies[number][topic]; });
    });
    const shares = parts.map((row) => row.map((part, period) => part / (wholes[period] || 1)));
    const highest = Math.max(...shares.flat());
    find("#highest").textContent = percent(highest, 1);
    charts.forEach((chart, topic) => findAll("rect", chart).forEach((bar, period) => {
      const height = (50 * shares[topic][period]) / (highest || 1);
      bar.setAttribute("y", 50 - height);
      bar.setAttribute("height", height);
      const title = find("title", bar);
      title.textContent = title.textContent.replace(/\d+ %$/, `${percent(shares[topic][period], 1)} %`);
    }));
    findAll(".time .numbers tbody tr").forEach((row, period) => {
      findAll("td", row).slice(1).forEach((cell, topic) => {
        cell.textContent = `${percent(shares[topic][period], 1)} %`;
      });
    });
  }

  function drawLanes(number) {
    if (number === null) return;
    const { article } = texts[number];
    const length = Number(find(".where", article).dataset.length) || 1;
    const own = sentences.filter((sentence) => sentence.number === number);
    for (const lane of findAll(".lane", article)) {
      const topic = Number(lane.dataset.topic);
      const bars = own.filter((sentence) => sentence.shown.includes(topic)).map((sentence) => {
        const [start, stop] = sentence.element.dataset.at.split(" ").map(Number);
        const width = Math.max((1000 * (stop - start)) / length, 1.5);
        const height = probabilities(sentence)[topic] / 5;
        return `M${((1000 * start) / length).toFixed(1)} 20v${-height}h${width.toFixed(1)}v${height}z`;
      });
      find("path", lane).setAttribute("d", bars.join(""));
    }
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 60);
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  /* ---- one text of many ---- */

  function opened() {
    if (!many) return 0;
    const found = /^#d(\d+)$/.exec(location.hash);
    return found && Number(found[1]) < N_TEXTS ? Number(found[1]) : null;
  }

  let left = 0; // how far the list was scrolled
  function open() {
    const number = opened();
    const wasReading = document.body.classList.contains("reading");
    if (number !== null && !wasReading) left = scrollY;
    find("article.open")?.classList.remove("open");
    if (number !== null) {
      const { article } = text(number);
      article.classList.add("open");
      if (number >= N_UNPACKED) find("#text").append(article);
      translate(article);
    }
    document.body.classList.toggle("reading", number !== null);
    find(".skip").hidden = number !== null;
    hideTip();
    if (number !== null) {
      scrollTo({ top: 0, behavior: "instant" });
      const heading = find("h2", texts[number].article);
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    } else if (wasReading) {
      scrollTo({ top: left, behavior: "instant" });
    }
    filter();
  }

  /* ---- the list of texts ---- */

  const body = find("#documents tbody");
  const STEP = 100;
  let room = STEP;
  let order = numbers;

  /* Show the first texts that were not filtered out, in order. */
  function lay() {
    const found = order.filter((number) => !texts[number].lost);
    const rows = found.slice(0, room).map((number) => texts[number].row);
    for (const row of rows) row.classList.remove("later");
    body.replaceChildren(...rows);
    find("#more").hidden = found.length <= room;
    find("#tally").textContent = found.length === N_TEXTS
      ? String(N_TEXTS)
      : `${found.length} ${words[root.lang].of} ${N_TEXTS}`;
    translate(body);
    return rows;
  }

  function keyOf(row, by) {
    if (by === "name") return find("a", row).textContent.trim();
    if (by === "date") return find(".day", row).textContent;
    if (by === "size") return Number(find(".size", row).textContent);
    return Number(findAll(".of", row)[by].textContent);
  }

  async function sort(button) {
    const head = button.closest("th");
    const { by } = button.dataset;
    const isText = by === "name" || by === "date";
    const before = head.getAttribute("aria-sort");
    const down = before === "none" ? !isText : before === "ascending";
    for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    await reading;
    const { compare } = new Intl.Collator(root.lang, { numeric: true });
    const keys = texts.map(({ row }) => keyOf(row, by));
    const sign = down ? -1 : 1;
    order = [...numbers].sort((a, b) => sign * (isText ? compare(keys[a], keys[b]) : keys[a] - keys[b]));
    lay();
  }

  async function search(asked) {
    const parts = asked.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    await reading;
    const done = await slowly("search", texts, (item) => {
      item.held ??= `${find("a", item.row).textContent}\n${held(item.article)}`.toLocaleLowerCase();
      item.lost = !parts.every((part) => item.held.includes(part));
    });
    if (!done) return;
    room = STEP;
    lay();
  }

  function held(article) {
    return findAll(".s bdi", article).map((sentence) => sentence.textContent).join(" ");
  }

  if (many) {
    findAll("#documents thead button").forEach((button) => button.addEventListener("click", () => sort(button)));
    let typing = 0;
    find("#search").addEventListener("input", (event) => {
      clearTimeout(typing);
      typing = setTimeout(() => search(event.target.value), 120);
    });
    find("#more").addEventListener("click", async () => {
      await reading;
      room += STEP;
      find("a", lay()[room - STEP]).focus({ preventScroll: true });
    });
    addEventListener("hashchange", open);
  }

  /* ---- from the bar to its sentence ---- */

  document.addEventListener("click", (event) => {
    const picture = event.target.closest(".lane svg");
    if (!picture) return;
    const box = picture.getBoundingClientRect();
    const article = picture.closest("article");
    const length = Number(find(".where", article).dataset.length);
    const place = ((event.clientX - box.left) / box.width) * length;
    const topic = Number(picture.closest(".lane").dataset.topic);
    let nearest = null;
    let distance = Infinity;
    for (const sentence of sentences) {
      if (sentence.number !== Number(article.dataset.number) || !sentence.shown.includes(topic)) continue;
      const [start, stop] = sentence.element.dataset.at.split(" ").map(Number);
      const off = Math.max(start - place, place - stop, 0);
      if (off < distance) [nearest, distance] = [sentence.element, off];
    }
    if (!nearest) return;
    find(".arrived")?.classList.remove("arrived");
    nearest.classList.add("arrived");
    nearest.scrollIntoView({ block: "center", behavior: "instant" });
  });

  /* ---- the probabilities of the sentence that is pointed at ---- */

  const tip = find("#tip");
  let told = null;

  function showTip(sentence) {
    if (sentence === told) return;
    hideTip();
    told = sentence;
    const values = sentence.dataset.p.split(" ").map(Number);
    const keys = findAll(":scope > .k", sentence).filter((key) => !key.hidden).map(topicOf);
    const order = values.map((_, topic) => topic);
    order.sort((a, b) => keys.includes(b) - keys.includes(a) || values[b] - values[a] || a - b);
    tip.replaceChildren(...order.slice(0, Math.max(6, keys.length)).map((topic) => {
      const line = document.createElement("p");
      line.classList.toggle("on", keys.includes(topic));
      const [key, name, value] = ["b", "span", "span"].map((tag) => document.createElement(tag));
      key.className = `k t${topic} k${topic}`;
      name.textContent = titleOf(topic);
      value.textContent = `${values[topic]} %`;
      line.append(key, name, value);
      return line;
    }));
    if (sentence.dataset.caveat) {
      const note = document.createElement("p");
      note.className = "note";
      note.textContent = words[root.lang][sentence.dataset.caveat];
      tip.prepend(note);
    }
    sentence.setAttribute("aria-describedby", "tip");
    placeTip();
  }

  function placeTip() {
    const whole = told.getBoundingClientRect();
    tip.hidden = whole.bottom < 0 || whole.top > innerHeight; // or on its way into sight
    const box = told.getClientRects()[0];
    const { width, height } = tip.getBoundingClientRect();
    const above = box.top - height - 8;
    const top = above > 4 ? above : Math.min(whole.bottom + 8, innerHeight - height - 4);
    tip.style.top = `${top}px`;
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  }

  function hideTip() {
    told?.removeAttribute("aria-describedby");
    told = null;
    tip.hidden = true;
  }

  function titleOf(topic) {
    return find(".called", topicBoxes[topic].parentElement).textContent;
  }

  document.addEventListener("pointerover", (event) => {
    const sentence = event.target.closest?.(".s");
    if (sentence) showTip(sentence);
    else if (!document.activeElement?.matches(".s:focus-visible")) hideTip();
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".s")) showTip(event.target);
    else hideTip();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
  });
  addEventListener("scroll", () => {
    if (told) placeTip();
  }, { passive: true });

  /* ---- light and dark, English and Russian ---- */

  const theme = find("#theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = getComputedStyle(root).colorScheme === "dark";
    root.dataset.theme = dark ? "light" : "dark";
  });

  const language = find("#language");
  language.hidden = false;
  function translate(within) {
    const said = words[root.lang];
    for (const place of findAll("[data-say]", within)) place.textContent = said[place.dataset.say];
    for (const place of findAll("[data-label]", within)) place.setAttribute("aria-label", said[place.dataset.label]);
    for (const place of findAll(".called", within)) place.textContent = place.dataset[root.lang];
    for (const place of findAll("[data-topic] svg[role]", within)) {
      const topic = Number(place.closest("[data-topic]").dataset.topic);
      place.setAttribute("aria-label", titleOf(topic));
    }
  }

  function speak(to) {
    root.lang = to;
    translate(document);
    language.textContent = words[to].language;
    language.lang = to === "en" ? "ru" : "en";
    if (many) find("#search").placeholder = words[to].search;
    if (many) reading.then(lay);
    hideTip();
  }
  language.lang = root.lang === "en" ? "ru" : "en";
  language.addEventListener("click", () => speak(root.lang === "en" ? "ru" : "en"));

  if (many) open();
  else filter();
})();
