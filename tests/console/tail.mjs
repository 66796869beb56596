// The live tail: records as they come, filters, and a process that goes away.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { eventually, openPage, startBrowser, startProcess, until } from "./process.mjs";

const MARKUP = "<img src=x onerror=alert(1)>";

let browser;
let shop;
let page;

before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());
beforeEach(async () => {
  shop = await startProcess();
  await shop.send("set root INFO");
  page = await openPage(browser, `${shop.url}&view=tail`);
  await page.locator("#tail").waitFor();
  // What is logged before the tail has begun is not seen by it.
  await eventuallyLogged("ready");
});

afterEach(async () => {
  await page.context().close();
  await shop.end();
  assert.deepEqual(page.faults, []);
});

// Logs until the tail has it; the records of a logger come in their order.
const eventuallyLogged = (text, line = `INFO ready ${text}`) =>
  eventually(async () => {
    await shop.send(`log ${line}`);
    return (await record(text).count()) > 0;
  });

const record = (text) => page.locator("#records li", { hasText: text });
const rows = () => page.locator("#records li").count();
const facet = (level) => page.getByRole("button", { name: new RegExp(`^${level} [\\d,]+$`) });

test("5,000 records arrive, in order and bounded", async () => {
  // A notice of what was dropped may come last.
  const ends = (size) =>
    until(page, (size) => {
      const last = document.querySelectorAll("#records li:nth-last-child(-n + 3)");
      return [...last].some((row) => row.textContent.includes(size));
    }, size);
  await shop.send("records 5000 app");
  await ends("size=4999");
  await shop.send("records 2000 app.db");
  await ends("size=1999");
  assert.ok((await rows()) <= 6000);
  const sizes = await page.locator("#records").evaluate((list) =>
    [...list.children].map((row) => Number(/app\.db.* size=(\d+)/.exec(row.textContent)?.[1] ?? -1)),
  );
  const last = sizes.slice(sizes.lastIndexOf(-1) + 1);
  assert.ok(last.every((size, index) => index === 0 || size > last[index - 1]));
  const label = await page.locator("#histogram").getAttribute("aria-label");
  assert.match(label, /^\d,\d{3} records in the last .*, at most [\d,]+ in \d+ s$/);
  const records = await page.locator("#records li:not(.notice)").count();
  assert.equal(Number.parseInt(label.replace(",", "")), records);
});

test("markup in records stays text", async () => {
  await shop.send(`log ERROR app ${MARKUP}<script>alert(2)</script>`);
  await record("<script>alert(2)</script>").waitFor();
  await record("<script>alert(2)</script>").locator(".time").click();
  const dialog = page.getByRole("dialog", { name: "Record" });
  await dialog.waitFor();
  assert.match(await dialog.locator("pre").innerText(), /"html": "<img src=x onerror=alert\(1\)>/);
  await dialog.getByRole("button", { name: `Only records with html=${MARKUP}` }).click();
  await page.getByRole("button", { name: `only html=${MARKUP}` }).waitFor();
  assert.equal(await page.locator("img, #records script, dialog script").count(), 0);
  // The name of a logger is in the other views as well.
  await shop.send(`set app.${MARKUP.replaceAll(" ", "")} DEBUG`);
  for (const view of ["levels", "changes"]) {
    await page.locator(`nav a[data-view=${view}]`).click();
    await page.locator(`#${view}`).getByText("onerror").first().waitFor();
  }
  assert.equal(await page.locator("img").count(), 0);
});

test("facets, values and searches filter", async () => {
  await shop.send("records 100 app.db");
  await shop.send("log INFO app.http second service");
  await record("second service").waitFor();
  await facet("ERROR").click();
  await until(page, () => !/ERROR/.test(document.getElementById("records").textContent));
  assert.equal(await facet("ERROR").getAttribute("aria-pressed"), "false");
  assert.match(await facet("ERROR").innerText(), /25/);
  await facet("ERROR").click();
  // A click filters by a value, with Shift against it, and the filters are removed again.
  await page.locator("#records .value", { hasText: "trace-3" }).first().click();
  await until(page, () => [...document.getElementById("records").children].every((row) => /trace-3/.test(row.textContent)));
  await page.getByRole("button", { name: /only trace_id=trace-3 ×/ }).click();
  await page.locator("#records .logger", { hasText: "app.db" }).first().click({ modifiers: ["Shift"] });
  await until(page, () => !/app\.db/.test(document.getElementById("records").textContent));
  // The address holds all that; a reload shows the same.
  await page.reload();
  await record("second service").waitFor();
  assert.equal(await record("app.db").count(), 0);
  await page.getByRole("button", { name: /not logger=app.db ×/ }).click();
  await page.getByLabel("Find").fill("SIZE=42");
  await until(page, () => document.getElementById("records").childElementCount === 1);
  await page.getByLabel("Find").fill("size=(1|2)\\b");
  await page.getByLabel("regular expression").check();
  await until(page, () => document.getElementById("records").childElementCount === 2);
  await page.getByLabel("Find").fill("size=(");
  await page.locator("#search-error").getByText(/./).waitFor();
});

test("watched levels show what the loggers hide", async () => {
  await shop.send("log DEBUG app.db hidden one");
  await page.getByLabel("Levels to watch").fill("app=DEBUG");
  await page.keyboard.press("Enter");
  await eventuallyLogged("watched", "DEBUG app.db watched");
  assert.equal(await record("hidden one").count(), 0);
  assert.equal(await shop.send("level app.db"), "INFO");
  await page.getByLabel("Levels to watch").fill("app=LOUD");
  await page.keyboard.press("Enter");
  await page.locator("#message").getByText("LOUD").waitFor();
});

test("records are marked, by keys and in their dialog", async () => {
  await shop.send("records 20 app");
  await record("size=19").waitFor();
  const opener = (size) => record(`size=${size}`).first().locator(".time");
  const isMarked = async (size) => (await opener(size).getAttribute("aria-pressed")) === "true";
  await opener(12).focus();
  await page.keyboard.press("m");
  assert.ok(await isMarked(12));
  await opener(16).click();
  const dialog = page.getByRole("dialog", { name: "Record" });
  await dialog.getByRole("button", { name: "Mark" }).click();
  assert.equal(await dialog.getByRole("button", { name: "Mark" }).getAttribute("aria-pressed"), "true");
  await dialog.getByRole("button", { name: "Close" }).click();
  assert.ok((await isMarked(16)) && !(await isMarked(14)));
  await opener(10).focus();
  const focused = () => page.evaluate(() => document.activeElement.closest("li")?.textContent);
  for (const [key, size] of [["n", 12], ["n", 16], ["N", 12]]) {
    await page.keyboard.press(key);
    assert.match(await focused(), new RegExp(`size=${size}\\b`));
  }
  await page.keyboard.press("N");
  await page.locator("#message").getByText("no earlier mark").waitFor();
  // A mark is the record's, however it is shown.
  const before = await opener(12).elementHandle();
  await page.locator("[data-parameter=time]").selectOption("utc");
  await until(page, (before) => !before.isConnected, before);
  await until(page, () => document.querySelectorAll("#records [aria-pressed=true]").length === 2);
  await opener(12).focus();
  await page.keyboard.press("m");
  assert.ok(!(await isMarked(12)));
});

test("scrolled up, it stays and counts what is new", async () => {
  await shop.send("records 200 app");
  await record("size=199").waitFor();
  const top = () => page.locator("#log").evaluate((log) => log.scrollTop);
  // At once: a wheel would scroll for some time.
  await page.locator("#log").evaluate((log) => (log.scrollTop -= 600));
  await page.getByRole("button", { name: "To the end" }).waitFor();
  // Rows get their height when they come into view.
  let before = null;
  await eventually(async () => before === (before = await top()));
  await shop.send("records 30 app");
  await page.getByRole("button", { name: "30 new" }).waitFor();
  assert.equal(await top(), before);
  await page.getByRole("button", { name: "30 new" }).click();
  await until(page, () => {
    const log = document.getElementById("log");
    return log.scrollHeight - log.clientHeight - log.scrollTop < 2;
  });
  await page.locator("#new-records").waitFor({ state: "hidden" });
});

test("errors are found, a trace is followed, by keyboard", async () => {
  await shop.send("records 40 app");
  await record("size=39").waitFor();
  const focused = () =>
    page.evaluate(() => /size=\d+/.exec(document.activeElement.parentElement.textContent)?.[0]);
  await page.locator("#log").focus();
  await page.keyboard.press("Shift+E");
  assert.equal(await focused(), "size=39");
  await page.keyboard.press("Shift+E");
  assert.equal(await focused(), "size=35");
  await page.keyboard.press("e");
  assert.equal(await focused(), "size=39");
  await page.keyboard.press("e");
  await page.locator("#message").getByText("no later error").waitFor();
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "size=38");
  await page.keyboard.press("Enter");
  const follow = page.getByRole("button", { name: "Follow trace_id=trace-3" });
  await follow.focus();
  await page.keyboard.press("Enter");
  await until(page, () => [...document.getElementById("records").children].every((row) => /trace-3/.test(row.textContent)));
  assert.equal(await rows(), 6);
});

test("lines wrap, times change, records are copied and downloaded", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await shop.send(`log WARNING app ${"long ".repeat(200)}`);
  await record("long").waitFor();
  const height = () => record("long").evaluate((row) => row.clientHeight);
  const before = await height();
  await page.keyboard.press("w");
  await until(page, (before) => document.getElementById("records").lastChild.clientHeight > 2 * before, before);
  await page.getByLabel("Time").selectOption("since the last");
  await record(/^\+\d+\.\d{3}/).first().waitFor();
  await page.locator("[data-parameter=time]").selectOption("utc");
  await record("long").locator(".time").click();
  await page.getByRole("button", { name: "Copy JSON" }).click();
  await page.locator("#message").getByText("record copied").waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(copied.level, "WARNING");
  await page.keyboard.press("Escape");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^shop-\d+\.jsonl$/);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
  assert.equal(lines.length, await rows());
  assert.equal(JSON.parse(lines.at(-1)).levelNumber, 30);
});

test("it goes on after the last record when the process is back", async () => {
  await shop.send("log INFO app earlier");
  await record("earlier").waitFor();
  await shop.send("stop");
  await page.locator("#connection").getByText("not reachable").waitFor();
  await shop.send("log INFO app meanwhile");
  await shop.send(`serve ${new URL(shop.url).host}`);
  await page.locator("#connection").getByText("pid").waitFor();
  await eventuallyLogged("again");
  assert.equal(await record("earlier").count(), 1);
});

test("a pause holds the stream", async () => {
  await page.keyboard.press("p");
  assert.equal(await page.locator("#pause").getAttribute("aria-pressed"), "true");
  await shop.send("log INFO app paused");
  await page.keyboard.press("p");
  // The records of the pause come from the backlog.
  await record("paused").waitFor();
});

test("a screen reader hears a summary, or each record if wanted", async () => {
  const live = () => page.locator("#log").getAttribute("aria-live");
  assert.equal(await live(), "off");
  await page.locator("#tail-summary").getByText(/\d records?, 0 errors/).waitFor();
  await page.getByLabel("Announce").selectOption("each record");
  await until(page, () => document.getElementById("log").ariaLive === "polite");
});
