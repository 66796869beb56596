// The view of a fleet: what is set for all instances, and which of them have it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { eventually, openPage, row, startBrowser, startProcess, until } from "./process.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let shop;
let page;

before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());
beforeEach(async () => {
  shop = await startProcess({ LOGTREE_CONSOLE_FLEET: "pay-a" });
  await shop.send("set root INFO");
  await shop.send("loggers app.db app.http botocore");
  await shop.send("join pay-b eu-1b");
  page = await openPage(browser, `${shop.url}&view=fleet`);
  await instance("pay-b").waitFor();
});

afterEach(async () => {
  await page.context().close();
  await shop.end();
  assert.deepEqual(page.faults, []);
});

const cellOf = (table, text) => page.locator(`#fleet-${table} tr`, { hasText: text });
const instance = (name) => cellOf("instances", name);
const message = (text) =>
  until(page, (text) => document.getElementById("message").textContent.includes(text), text);
const summary = (text) =>
  until(page, (text) => document.getElementById("fleet-summary").textContent.includes(text), text);
const levelIs = (name, level, instance = "") =>
  eventually(async () => (await shop.send(`level ${name} ${instance}`.trim())) === level);

async function set({ kind = "logger", target, level, selector = "", time = "by default", reason = "" }) {
  const field = (name) => page.locator(`#fleet-change [name=${name}]`);
  await field("kind").selectOption(kind);
  await field("target").fill(target);
  await field("level").selectOption(level);
  await field("selector").fill(selector);
  await field("time").selectOption(time);
  await field("reason").fill(reason);
  await page.getByRole("button", { name: "Set for the fleet" }).click();
}

test("a level is set for all instances, and shown with its layer", async () => {
  await summary("2 of 2 at revision 0");
  await set({ target: "app.db", level: "DEBUG", time: "10 minutes", reason: "INC-4711" });
  await message("app.db is set to DEBUG for all (revision 1)");
  await levelIs("app.db", "DEBUG");
  await levelIs("app.db", "DEBUG", "pay-b");
  await summary("2 of 2 at revision 1");
  const setting = cellOf("levels", "app.db");
  assert.match(await setting.innerText(), /DEBUG\s+fleet all, 1\s.*@pay-a\s+INC-4711/s);
  const change = cellOf("changes", "for/all/LOGGER/app.db");
  assert.match(await change.innerText(), /inherited → DEBUG/);
  // On the instance, the layer is beside the level; its own one hides it.
  await page.getByRole("link", { name: "Levels" }).click();
  const logger = row(page, "app.db");
  await logger.getByText(/fleet all, 1, by .*@pay-a/).waitFor();
  await logger.getByText("set by the fleet").waitFor();
  await logger.getByText(/\d+ (h|min|s).* left/).waitFor();
  assert.ok(await logger.getByRole("button", { name: /^Back now/ }).isHidden());
  assert.ok(await logger.getByRole("button", { name: /^Clear/ }).isHidden());
  await page.getByRole("button", { name: "Set app.db to ERROR", exact: true }).click();
  await logger.getByText("local, hides fleet DEBUG").waitFor();
  await levelIs("app.db", "ERROR");
  await levelIs("app.db", "DEBUG", "pay-b");
  await page.keyboard.press("5");
  await summary("2 of 2 at revision 1, 1 differs");
  await instance("pay-a (this one)").getByText("app.db is its own").waitFor();
});

test("a level is for a part of the instances, cleared and undone", async () => {
  const selectors = () =>
    page.locator("#fleet-selectors option").evaluateAll((all) => all.map((one) => one.value));
  await eventually(async () => (await selectors()).includes("zone=eu-1b"));
  await set({ target: "app.http", level: "ERROR", selector: "zone=eu-1b" });
  await message("app.http is set to ERROR for zone=eu-1b");
  await levelIs("app.http", "ERROR", "pay-b");
  await levelIs("app.http", "INFO");
  await cellOf("levels", "app.http").getByRole("button", { name: /^Clear/ }).click();
  await message("app.http is cleared for zone=eu-1b (revision 2)");
  await levelIs("app.http", "INFO", "pay-b");
  await page.getByRole("button", { name: "Undo change 2", exact: true }).click();
  await message("change 2 is undone (revision 3)");
  await levelIs("app.http", "ERROR", "pay-b");
  // What was changed again is not undone.
  await page.getByRole("button", { name: "Undo change 1", exact: true }).click();
  await message("change 1 is undone");
  await page.getByRole("button", { name: "Undo change 3", exact: true }).click();
  await message("Failed: level/zone=eu-1b/LOGGER/app.http was changed again");
  await set({ target: "app.http", level: "INFO", selector: "rack=7" });
  await message("Failed: ");
});

test("what writes much is asked for", async () => {
  const dialog = page.getByRole("dialog", { name: "For so many?" });
  const endless = { target: "app", level: "DEBUG", time: "until changed" };
  await set(endless);
  await dialog.getByText("2 loggers").waitFor();
  await dialog.getByRole("button", { name: "Change nothing" }).click();
  await message("nothing was changed");
  await levelIs("app", "INFO", "pay-b");
  await set(endless);
  await dialog.getByRole("button", { name: "Consent" }).click();
  await message("app is set to DEBUG for all (revision 1)");
  await levelIs("app", "DEBUG", "pay-b");
});

test("groups are saved, set for a part of the instances, changed and removed", async () => {
  await page.locator("#fleet summary").click();
  const save = async (name, members, reason = "") => {
    await page.locator("#fleet-group [name=name]").fill(name);
    await page.locator("#fleet-group [name=members]").fill(members);
    await page.locator("#fleet-group [name=reason]").fill(reason);
    await page.getByRole("button", { name: "Save group of the fleet" }).click();
  };
  await save("aws", "app.db, botocore", "INC-4711");
  await message("group aws is saved (revision 1)");
  const group = cellOf("groups", "aws");
  assert.match(await group.innerText(), /app\.db, botocore\s.*@pay-a/);
  await page.locator("#fleet-group-count", { hasText: "1" }).waitFor();
  const change = cellOf("changes", "group/aws");
  assert.match(await change.innerText(), /group\/aws: no group → app\.db, botocore\s.*INC-4711/s);
  await set({ kind: "group", target: "aws", level: "ERROR", selector: "zone=eu-1b" });
  await message("group aws is set to ERROR for zone=eu-1b (revision 2)");
  for (const name of ["app.db", "botocore"]) {
    await levelIs(name, "ERROR", "pay-b");
    await levelIs(name, "INFO");
  }
  await set({ kind: "group", target: "gcp", level: "ERROR" });
  await message("Failed: ");
  // What is edited begins as it is.
  await page.getByRole("button", { name: "Edit group aws" }).click();
  assert.equal(await page.locator("#fleet-group [name=members]").inputValue(), "app.db botocore");
  await save("aws", "app.db");
  await message("group aws is saved (revision 3)");
  await page.getByRole("button", { name: "Remove group aws" }).click();
  await message("group aws is removed (revision 4)");
  await eventually(async () => (await group.count()) === 0);
  // Its levels stay.
  await levelIs("botocore", "ERROR", "pay-b");
});

test("all logging is off for the fleet, or a part of it, and on again", async () => {
  const isOff = (off, instance) =>
    eventually(async () => (await shop.send(`disabled ${instance}`)) === String(off));
  const dialog = page.getByRole("dialog", { name: "For so many?" });
  const off = () => page.getByRole("button", { name: "All logging of the fleet off" }).click();
  await off();
  await dialog.getByText("no logging at all").waitFor();
  await dialog.getByRole("button", { name: "Change nothing" }).click();
  await message("nothing was changed");
  await isOff(false, "pay-b");
  await off();
  await dialog.getByRole("button", { name: "Consent" }).click();
  await message("all logging is off for all (revision 1)");
  await isOff(true, "pay-b");
  await until(page, () => document.getElementById("all-off").ariaPressed === "true");
  await page.getByRole("button", { name: "Logging on again for all" }).click();
  await message("all logging is on again for all (revision 2)");
  await isOff(false, "pay-b");
  await until(page, () => document.getElementById("all-off").ariaPressed === "false");
  await page.locator("#fleet-change [name=selector]").fill("zone=eu-1b");
  await off();
  await dialog.getByRole("button", { name: "Consent" }).click();
  await message("all logging is off for zone=eu-1b (revision 3)");
  await isOff(true, "pay-b");
  assert.match(await cellOf("levels", "all logging").innerText(), /off\s+zone=eu-1b/);
  assert.match(await cellOf("changes", "off/zone=eu-1b").innerText(), /on → off/);
});

test("who has not taken it, and an outage, are shown", async () => {
  await shop.send("away pay-c");
  await set({ target: "app", level: "ERROR" });
  await summary("2 of 3 at revision 1");
  const late = instance("pay-c");
  await late.locator(".failed", { hasText: "at revision 0" }).waitFor();
  // It is listed first.
  assert.match(await page.locator("#fleet-instances tr").first().innerText(), /pay-c/);
  await shop.send("store off");
  await page.locator("#fleet-summary.failed", { hasText: "Failed: " }).waitFor();
  await page.locator("#fleet-self", { hasText: "pay-a: cut off" }).waitFor();
  await set({ target: "app", level: "INFO" });
  await message("Failed: ");
  // What it was stays on the page, and the rest works.
  assert.ok(await late.isVisible());
  await page.getByRole("link", { name: "Levels" }).click();
  await page.getByRole("button", { name: "Set botocore to ERROR", exact: true }).click();
  await levelIs("botocore", "ERROR");
  await page.getByRole("link", { name: "Fleet" }).click();
  await shop.send("store on");
  await summary("2 of 3 at revision 1");
  await page.locator("#fleet-self", { hasText: "following" }).waitFor();
});

test("a process without a fleet has no such view", async () => {
  const other = await startProcess();
  const alone = await openPage(browser, other.url);
  await row(alone, "root").waitFor();
  assert.ok(await alone.locator("nav a[data-view=fleet]").isHidden());
  await alone.keyboard.press("5");
  assert.ok(await alone.locator("#levels").isVisible());
  assert.deepEqual(alone.faults, []);
  await alone.context().close();
  await other.end();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1400, 320]) {
    test(`nothing bars the way to a fleet in ${colorScheme} colours, ${width} pixels wide`, async () => {
      await set({ target: "app.db", level: "DEBUG", reason: "INC-4711" });
      await message("app.db is set to DEBUG");
      const other = await openPage(browser, `${shop.url}&view=fleet`, {
        colorScheme,
        reducedMotion: "reduce",
        viewport: { width, height: 800 },
      });
      await other.locator("#fleet-levels tr").first().waitFor();
      await other.locator("#fleet-changes tr").first().waitFor();
      await other.locator("#fleet summary").click();
      await other.locator("#fleet-group [name=name]").fill("aws");
      await other.locator("#fleet-group [name=members]").fill("app.db botocore");
      await other.getByRole("button", { name: "Save group of the fleet" }).click();
      await other.locator("#fleet-groups tr").first().waitFor();
      await other.evaluate(AXE);
      const { violations } = await other.evaluate(() => globalThis.axe.run());
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
      assert.deepEqual(found, []);
      const overflow = await other.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
      assert.deepEqual(other.faults, []);
      await other.context().close();
    });
  }
}
