import { assert, assertEquals, assertThrows } from "@std/assert";
import { TemporaryFolder, testWith } from "@procctl/testing";
import { browser, Page } from "./_testing_browser.ts";
import { TracePage, type TracePageOptions } from "./trace_page.ts";

const MILLISECOND = 1_000_000;

/** A shell that makes two processes, each of which reads a hundred times. */
function examplePage(options: TracePageOptions = {}): string {
  const page = new TracePage({ title: "a & b", ...options });
  const shell = { tid: 10, pid: 10 };
  page.add({ kind: "exec", ...shell, time: 0, path: "/bin/sh", formerTid: 10 });
  for (const child of [11, 12]) {
    const time = (child - 10) * MILLISECOND;
    page.add({
      kind: "fork",
      ...shell,
      time,
      childTid: child,
      childPid: child,
    });
  }
  const path = "/bin/cat";
  page.add({
    kind: "exec",
    tid: 11,
    pid: 11,
    time: 3 * MILLISECOND,
    path,
    formerTid: 11,
  });
  for (let i = 0; i < 100; i++) {
    for (const tid of [11, 12]) {
      const time = (4 + i) * MILLISECOND + tid;
      const result = tid === 12 ? -5n : 1n;
      page.add({
        kind: "enter",
        tid,
        pid: tid,
        time,
        name: "read",
        args: [0n, 7n],
      });
      page.add({
        kind: "exit",
        tid,
        pid: tid,
        time: time + 1000,
        name: "read",
        result,
      });
    }
  }
  const time = 110 * MILLISECOND;
  page.add({
    kind: "enter",
    ...shell,
    time,
    name: "fsync",
    text: '"</script>"',
  });
  page.add({
    kind: "exit",
    ...shell,
    time: time + 5000,
    name: "fsync",
    result: 0n,
  });
  page.add({ kind: "end", ...shell, time: 111 * MILLISECOND });
  return page.html();
}

function dataOf(html: string) {
  const [, json] = /id="data">([^<]*)<\/script>/.exec(html)!;
  return JSON.parse(json!);
}

Deno.test("TracePage counts by call and by file descriptor", () => {
  const { byCall, byDescriptor, tasks, count } = dataOf(examplePage());
  assertEquals(count, 201);
  assertEquals(byCall, [
    ["read", { calls: 200, errors: 100, time: 200_000 }],
    ["fsync", { calls: 1, errors: 0, time: 5000 }],
  ]);
  assertEquals(byDescriptor.map(([key]: [string]) => key).sort(), [
    "11:0",
    "12:0",
  ]);
  assertEquals(
    tasks.map((
      task: { name: string; parent: number },
    ) => [task.name, task.parent]),
    [["sh", -1], ["cat", 0], ["sh", 0]],
  );
});

Deno.test("TracePage draws no more calls than it is told, and counts all", () => {
  const { calls, count, byCall } = dataOf(examplePage({ maxCalls: 10 }));
  assertEquals([calls.length, count, byCall[0][1].calls], [10, 201, 200]);
});

Deno.test("TracePage refuses a number of calls that is none", () => {
  for (const maxCalls of [-1, 1.5, NaN, "9" as unknown as number]) {
    assertThrows(() => new TracePage({ maxCalls }), RangeError, "Cannot draw");
  }
  new TracePage({ maxCalls: Infinity });
});

Deno.test("TracePage lets no text end the script that it is in", () => {
  const html = examplePage({ title: "</title><script>alert(1)</script>" });
  assertEquals(html.match(/<script/g)!.length, 2);
  assert(html.includes("<title>&lt;/title&gt;"));
});

/** The rows that can be seen and have pixels of colour. */
const COLORED_ROWS = `(() => {
  const canvas = document.getElementById("timeline");
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const above = document.querySelector("main").scrollTop;
  const rows = new Set();
  for (let i = 0; i < data.length; i += 4) {
    const isColor = Math.max(data[i], data[i + 1], data[i + 2]) -
      Math.min(data[i], data[i + 1], data[i + 2]) > 60;
    const y = Math.floor(i / 4 / width / devicePixelRatio);
    if (data[i + 3] > 30 && isColor) rows.add(Math.floor((y + above - 18) / 20));
  }
  return [...rows].sort((a, b) => a - b);
})()`;

testWith(
  "the page draws, zooms and searches in a browser",
  [browser],
  async () => {
    using folder = new TemporaryFolder();
    const path = folder.write("page.html", examplePage());
    await using page = await Page.open(`file://${path}`, folder);
    const text = (id: string) =>
      page.evaluate(`document.getElementById("${id}").textContent`);

    // It draws: a row for each task has pixels of colour.
    assertEquals(await page.evaluate(COLORED_ROWS), [0, 1, 2]);
    assertEquals(await text("range"), "0.000 us to 111.000 ms");

    // It searches, as somebody types and presses the key.
    await page.evaluate(`document.getElementById("search").focus()`);
    await page.send("Input.insertText", { text: "read" });
    assertEquals(await text("found"), "200 calls");
    const key = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 };
    await page.send("Input.dispatchKeyEvent", { type: "keyDown", ...key });
    assertEquals(await text("found"), "1 of 200 calls");
    // To the first, which takes 1 us after 4 ms and 11 ns.
    assertEquals(await text("range"), "3.981 ms to 4.021 ms");

    // It zooms, where the wheel is turned, and goes back to the whole.
    const wheel = { type: "mouseWheel", x: 500, y: 80, deltaX: 0 };
    await page.send("Input.dispatchMouseEvent", { ...wheel, deltaY: 100 });
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => done()))",
    );
    const [from, to] = String(await text("range")).match(/[\d.]+/g)!.map(
      Number,
    );
    assert(Math.abs(to! - from! - 0.05) < 0.002, `${from} to ${to}`);
    await page.evaluate(`document.getElementById("whole").click()`);
    assertEquals(await text("range"), "0.000 us to 111.000 ms");

    // It tells of a call, and searches for those of a row of the totals.
    await page.evaluate(`document.querySelector("tr[data-key=fsync]").click()`);
    assertEquals(await text("found"), "1 calls");
    await page.evaluate(`document.getElementById("next").click()`);
    const at = await page.evaluate(`(() => {
    const { left, width, top } =
      document.getElementById("timeline").getBoundingClientRect();
    return [left + 150 + (width - 150) / 2, top + 28];
  })()`) as [number, number];
    const move = { type: "mouseMoved", x: at[0], y: at[1] };
    await page.send("Input.dispatchMouseEvent", move);
    assertEquals(
      await text("tip"),
      'fsync("</script>") = 0\n5.000 us at 110.000 ms',
    );
    assertEquals(page.exceptions, []);
  },
);

testWith(
  "the page draws those of ten thousand tasks that can be seen",
  [browser],
  async () => {
    using folder = new TemporaryFolder();
    const tasks = 10_000;
    const trace = new TracePage();
    for (let tid = 1; tid <= tasks; tid++) {
      const call = { tid, pid: tid, name: "pause" };
      trace.add({ kind: "enter", ...call, time: 0 });
      trace.add({ kind: "exit", ...call, time: MILLISECOND, result: 0n });
    }
    const path = folder.write("page.html", trace.html());
    await using page = await Page.open(`file://${path}`, folder);
    const top = await page.evaluate(COLORED_ROWS) as number[];
    assertEquals(top, top.map((_, index) => index));
    assert(top.length > 5 && top.length < 100, `${top.length} rows`);

    // To the last one, as somebody scrolls.
    await page.evaluate(`new Promise((done) => {
      const main = document.querySelector("main");
      main.addEventListener("scroll", () => done(), { once: true });
      main.scrollTop = main.scrollHeight;
    })`);
    const bottom = await page.evaluate(COLORED_ROWS) as number[];
    assertEquals(bottom.at(-1), tasks - 1);
    assert(bottom.length < 100, `${bottom.length} rows`);
    assertEquals(page.exceptions, []);
  },
);
