/** What the page of a timeline looks like. */
export const PAGE_STYLE = `
  :root { color-scheme: light dark; font: 13px system-ui, sans-serif; }
  body { margin: 0; display: flex; flex-direction: column; height: 100vh; }
  header { display: flex; gap: 8px; align-items: center; padding: 6px 10px; }
  h1 { font-size: 14px; margin: 0; flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  #search { width: 18em; }
  main { flex: 1; overflow: auto; position: relative; border-block: 1px solid #8886; }
  canvas { display: block; width: 100%; cursor: grab; position: sticky; top: 0; }
  #tip { position: fixed; background: #222; color: #fff; padding: 4px 7px; border-radius: 4px; pointer-events: none; max-width: 60vw; font: 12px monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
  section { display: flex; gap: 30px; padding: 6px 10px; max-height: 34vh; overflow: auto; }
  table { border-collapse: collapse; align-self: flex-start; }
  caption { text-align: start; font-weight: bold; }
  td, th { padding: 1px 8px; text-align: end; }
  td:first-child, th:first-child { text-align: start; }
  tr[data-key] { cursor: pointer; }
`;

/**
 * What the page does: it draws as many calls as there are pixels, and as many
 * rows as can be seen, so that a million of them are drawn as fast as a
 * thousand. The canvas is as large as what can be seen, and stays where it is
 * while the rows are scrolled: browsers have none of a hundred thousand pixels.
 */
export const PAGE_SCRIPT = `
"use strict";
const { tasks, names, calls, count, lost, byCall, byDescriptor } =
  JSON.parse(document.getElementById("data").textContent);
const element = (id) => document.getElementById(id);
const canvas = element("timeline"), context = canvas.getContext("2d");
const main = document.querySelector("main");
const ROW = 20, LABEL = 150, AXIS = 18;
const [TASK, NAME, START, LENGTH, RESULT, TEXT] = [0, 1, 2, 3, 4, 5];

const rows = tasks.map(() => []);
for (const call of calls) rows[call[TASK]].push(call);
for (const row of rows) row.sort((a, b) => a[START] - b[START]);
const first = tasks.reduce((least, { start }) => Math.min(least, start), Infinity);
const last = tasks.reduce((most, { end }) => Math.max(most, end), -Infinity);
const whole = tasks.length ? [first, Math.max(last, first + 1)] : [0, 1];
element("rows").style.height = AXIS + ROW * tasks.length + "px";
let [from, to] = whole;
let matches = new Set(), ordered = [], current = -1;

const colors = names.map((name) => {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) % 360;
  return "hsl(" + hash + " 60% 50%)";
});
const time = (nanoseconds) => nanoseconds >= 1e9
  ? (nanoseconds / 1e9).toFixed(3) + " s"
  : nanoseconds >= 1e6
  ? (nanoseconds / 1e6).toFixed(3) + " ms"
  : (nanoseconds / 1e3).toFixed(3) + " us";

/** The first call of a row that ends after a time. */
function find(row, moment) {
  let low = 0, high = row.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row[middle][START] + row[middle][LENGTH] < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

function draw() {
  const width = canvas.clientWidth, scale = (width - LABEL) / (to - from);
  const height = main.clientHeight, above = main.scrollTop;
  const x = (moment) => LABEL + (moment - from) * scale;
  const y = (index) => AXIS + index * ROW - above;
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.height = height + "px";
  context.scale(ratio, ratio);
  context.font = "11px system-ui, sans-serif";
  const ink = getComputedStyle(document.body).color;
  const below = Math.min(rows.length, Math.ceil((above + height - AXIS) / ROW));
  for (let index = Math.floor(above / ROW); index < below; index++) {
    drawRow(rows[index], tasks[index], y(index));
  }
  // Forks, as lines from the row of the one that made to that of the made.
  context.globalAlpha = 0.5;
  context.strokeStyle = ink;
  tasks.forEach(({ parent, start }, index) => {
    if (parent < 0 || start < from || start > to) return;
    context.beginPath();
    context.moveTo(x(start), y(parent) + ROW / 2);
    context.lineTo(x(start), y(index) + ROW / 2);
    context.stroke();
  });
  context.globalAlpha = 1;
  context.clearRect(0, 0, width, AXIS);
  context.fillStyle = ink;
  for (let i = 0; i < 5; i++) {
    const moment = from + (to - from) * i / 5;
    context.fillText(time(moment - whole[0]), x(moment) + 2, 12);
  }
  element("range").value = time(from - whole[0]) + " to " + time(to - whole[0]) +
    (lost ? ", " + lost + " events lost" : "") +
    (count > calls.length ? ", the first " + calls.length + " of " + count + " calls" : "");

  function drawRow(row, { name, pid, tid, start, end }, top) {
    context.globalAlpha = 0.15;
    context.fillStyle = ink;
    context.fillRect(Math.max(LABEL, x(start)), top + 1, Math.max(1, Math.min(width, x(end)) - Math.max(LABEL, x(start))), ROW - 2);
    let drawn = -1;
    for (let i = find(row, from); i < row.length && row[i][START] <= to; i++) {
      const call = row[i];
      const left = Math.max(LABEL, x(call[START]));
      const right = Math.max(left + 1, Math.min(width, x(call[START] + call[LENGTH])));
      const isMatch = matches.has(call);
      // Of those that share a pixel one is enough, but for what is searched.
      if (right <= drawn && !isMatch) continue;
      drawn = right;
      context.globalAlpha = matches.size > 0 && !isMatch ? 0.2 : 1;
      context.fillStyle = colors[call[NAME]];
      context.fillRect(left, top + 2, right - left, ROW - 4);
      if (right - left > 40) {
        context.fillStyle = "#fff";
        context.save();
        context.beginPath();
        context.rect(left, top, right - left, ROW);
        context.clip();
        context.fillText(names[call[NAME]], left + 3, top + 14);
        context.restore();
      }
      if (call === ordered[current]) {
        context.strokeStyle = ink;
        context.strokeRect(left - 1, top + 1, right - left + 2, ROW - 2);
      }
    }
    context.globalAlpha = 1;
    context.clearRect(0, top, LABEL, ROW);
    context.fillStyle = ink;
    context.fillText((name || "task") + " " + tid + (pid === tid ? "" : " of " + pid), 6, top + 14);
  }
}

function show(start, end) {
  const length = Math.min(Math.max(end - start, 100), whole[1] - whole[0]);
  from = Math.max(whole[0], Math.min(start, whole[1] - length));
  to = from + length;
  draw();
}

function zoom(factor, at) {
  show(at - (at - from) * factor, at + (to - at) * factor);
}

function momentAt(event) {
  const x = event.clientX - canvas.getBoundingClientRect().left;
  return from + (x - LABEL) / (canvas.clientWidth - LABEL) * (to - from);
}

function callAt(event) {
  const y = event.clientY - canvas.getBoundingClientRect().top - AXIS;
  const row = y < 0 ? undefined : rows[Math.floor((y + main.scrollTop) / ROW)];
  if (!row) return undefined;
  const moment = momentAt(event), slack = (to - from) / canvas.clientWidth * 2;
  const call = row[find(row, moment - slack)];
  return call && call[START] <= moment + slack ? call : undefined;
}

canvas.addEventListener("wheel", (event) => {
  if (event.shiftKey) return;
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.25 : 0.8, momentAt(event));
}, { passive: false });

canvas.addEventListener("pointerdown", (event) => {
  const start = event.clientX, range = [from, to];
  const top = event.clientY + main.scrollTop;
  canvas.setPointerCapture(event.pointerId);
  canvas.onpointermove = (move) => {
    const by = (start - move.clientX) / (canvas.clientWidth - LABEL) * (range[1] - range[0]);
    main.scrollTop = top - move.clientY;
    show(range[0] + by, range[1] + by);
  };
});
canvas.addEventListener("pointerup", () => canvas.onpointermove = null);
canvas.addEventListener("mousemove", (event) => {
  const call = callAt(event), tip = element("tip");
  tip.hidden = !call;
  if (!call) return;
  tip.textContent = names[call[NAME]] + "(" + call[TEXT] + ") = " + call[RESULT] +
    "\\n" + time(call[LENGTH]) + " at " + time(call[START] - whole[0]);
  tip.style.left = Math.min(event.clientX + 12, innerWidth - 200) + "px";
  tip.style.top = event.clientY + 14 + "px";
});
canvas.addEventListener("mouseleave", () => element("tip").hidden = true);

function search() {
  const text = element("search").value.trim();
  ordered = text === "" ? [] : calls.filter((call) =>
    names[call[NAME]].includes(text) || call[TEXT].includes(text)
  );
  matches = new Set(ordered);
  current = -1;
  element("found").value = text === "" ? "" : ordered.length + " calls";
  draw();
}

/** Goes to the next one that was found, and shows it from near. */
function next() {
  if (ordered.length === 0) return;
  current = (current + 1) % ordered.length;
  const call = ordered[current], room = Math.max(call[LENGTH] * 5, 20000);
  const middle = call[START] + call[LENGTH] / 2;
  element("found").value = current + 1 + " of " + ordered.length + " calls";
  main.scrollTop = call[TASK] * ROW - 60;
  show(middle - room, middle + room);
}

element("search").addEventListener("input", search);
element("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") next();
});
element("next").addEventListener("click", next);
element("whole").addEventListener("click", () => show(...whole));
addEventListener("keydown", (event) => {
  if (event.target === element("search")) return;
  const middle = (from + to) / 2, step = (to - from) / 5;
  if (event.key === "+") zoom(0.5, middle);
  if (event.key === "-") zoom(2, middle);
  if (event.key === "ArrowLeft") show(from - step, to - step);
  if (event.key === "ArrowRight") show(from + step, to + step);
});
addEventListener("resize", draw);
main.addEventListener("scroll", draw);

function fill(table, head, totals, label, text) {
  const row = (cells, tag) => {
    const line = table.insertRow();
    for (const cell of cells) {
      line.appendChild(document.createElement(tag)).textContent = cell;
    }
    return line;
  };
  row([head, "calls", "errors", "time"], "th");
  for (const [key, { calls, errors, time: took }] of totals.slice(0, 200)) {
    const line = row([label(key), calls, errors || "", time(took)], "td");
    line.dataset.key = key;
    if (!text) continue;
    line.onclick = () => { element("search").value = key; search(); };
  }
}
const processNames = new Map(tasks.map(({ pid, name }) => [String(pid), name]));
fill(element("by-call"), "call", byCall, (key) => key, true);
fill(element("by-descriptor"), "descriptor", byDescriptor, (key) => {
  const [pid, fd] = key.split(":");
  return fd + " of " + (processNames.get(pid) || "process") + " " + pid;
}, false);
draw();
`;
