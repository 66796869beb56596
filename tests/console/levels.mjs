// Levels are shown and changed, also against another client, and with many loggers.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { eventually, hash, openPage, row, startBrowser, startProcess, until } from "./process.mjs";

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
  await shop.send("loggers app.db app.db.pool app.http boto3.session botocore.client.S3 urllib3");
  page = await openPage(browser, shop.url);
  await row(page, "urllib3").waitFor();
});

afterEach(async () => {
  await page.context().close();
  await shop.end();
  assert.deepEqual(page.faults, []);
});

const press = (name, level) =>
  page.getByRole("button", { name: `Set ${name} to ${level}`, exact: true }).click();
// What is said is shown: a message comes after the state that it speaks of.
const message = (text) =>
  until(page, (text) => document.getElementById("message").textContent.includes(text), text);
const levelIs = (name, level) => eventually(async () => (await shop.send(`level ${name}`)) === level);

test("a level is set, inherited, cleared and restored", async () => {
  await press("app.db", "DEBUG");
  await levelIs("app.db", "DEBUG");
  await message("app.db is set to DEBUG");
  await page.getByRole("button", { name: "Set app.db to DEBUG", exact: true, pressed: true }).waitFor();
  assert.match(await row(page, "app.db").innerText(), /set here/);
  assert.match(await row(page, "app.db.pool").innerText(), /DEBUG\s*from app\.db/);
  const inherited = page.getByRole("button", { name: "Set app.db.pool to DEBUG", exact: true });
  assert.match(await inherited.getAttribute("class"), /inherited/);
  assert.equal(await inherited.getAttribute("aria-pressed"), "false");
  // Clear is there where something is set, and nowhere else.
  const clear = (name) => page.getByRole("button", { name: `Clear the level of ${name}`, exact: true });
  assert.equal(await clear("app.db.pool").count(), 0);
  assert.equal(await clear("root").count(), 0);
  await clear("app.db").click();
  await levelIs("app.db", "INFO");
  await message("app.db is cleared");
  await page.getByRole("button", { name: "Undo" }).click();
  await levelIs("app.db", "DEBUG");
  await message("undone: app.db is cleared");
  await page.keyboard.press("u");
  await levelIs("app.db", "INFO");
  await until(page, () => document.getElementById("undo").disabled);
});

test("a level for a time shows what is left and is ended early", async () => {
  await press("app", "WARNING");
  await levelIs("app", "WARNING");
  await page.getByLabel("A level lasts").selectOption("10 minutes");
  await press("app", "DEBUG");
  await levelIs("app", "DEBUG");
  await row(page, "app").getByText(/\d+ min \d+ s left/).waitFor();
  await page.getByRole("button", { name: "Back now: end the temporary level of app" }).click();
  // The level before it, which is not cleared.
  await levelIs("app", "WARNING");
  await until(page, () => !/ left/.test(document.getElementById("loggers").textContent));
});

test("undo restores a temporary level with its end, whatever replaced it", async () => {
  await press("app", "WARNING");
  await levelIs("app", "WARNING");
  await page.getByLabel("A level lasts").selectOption("10 minutes");
  await press("app", "DEBUG");
  const left = row(page, "app").getByText(/\d+ min \d+ s left/);
  await left.waitFor();
  const undo = () => page.getByRole("button", { name: "Undo" }).click();
  await page.getByLabel("A level lasts").selectOption("until changed");
  await press("app", "ERROR");
  await levelIs("app", "ERROR");
  await message("app is set to ERROR");
  await left.waitFor({ state: "detached" });
  await undo();
  await levelIs("app", "DEBUG");
  await left.waitFor();
  await page.getByRole("button", { name: "Back now: end the temporary level of app" }).click();
  await levelIs("app", "WARNING");
  await message("the temporary level of app is over");
  await undo();
  await levelIs("app", "DEBUG");
  await left.waitFor();
  await message("undone: the temporary level of app is over");
  // A level that was set already leaves nothing that is refused.
  await undo();
  await levelIs("app", "WARNING");
  await press("app", "WARNING");
  await message("app is set to WARNING");
  await undo();
  await message("undone: app is set to WARNING");
  await levelIs("app", "WARNING");
});

// Opens the dialog: another client changes `boto3`, and the page does not hear of it before its
// own change of `app`.
async function conflict(name = "app") {
  await page.route("**/v1/status", (route) => route.abort());
  // A poll that was on its way is over.
  await page.locator("#connection").getByText("not reachable").waitFor();
  await shop.send("set boto3 ERROR");
  await press(name, "DEBUG");
  const dialog = page.getByRole("dialog", { name: "Changed meanwhile" });
  await dialog.waitFor();
  return dialog;
}

async function cells(dialog) {
  const rows = await dialog.locator("tbody tr").allInnerTexts();
  return rows.map((row) => row.trim().split(/\s+/));
}

test("a change of another client is shown as a difference", async () => {
  const dialog = await conflict();
  assert.deepEqual(await cells(dialog), [
    ["app", "inherited", "inherited", "DEBUG"],
    ["boto3", "inherited", "ERROR"],
  ]);
  assert.equal(await shop.send("level app"), "INFO");
  await dialog.getByRole("button", { name: "Keep what is there" }).click();
  await message("nothing was changed");
  assert.equal(await shop.send("level app"), "INFO");
  await shop.send("set boto3 INFO");
  await press("app", "DEBUG");
  await dialog.getByRole("button", { name: "Apply mine" }).click();
  await levelIs("app", "DEBUG");
  assert.equal(await shop.send("level boto3"), "INFO");
  // Without one, a change of another client is shown by itself.
  await page.unroute("**/v1/status");
  await shop.send("set boto3 OFF");
  await row(page, "boto3").locator(".level", { hasText: "OFF" }).waitFor();
});

test("what is applied despite a conflict is applied to what the dialog shows", async () => {
  const dialog = await conflict();
  await shop.send("set boto3 OFF");
  // The page reads the new state below the dialog, which still shows the old one.
  await page.unroute("**/v1/status");
  await row(page, "boto3").locator(".level", { hasText: "OFF" }).waitFor();
  await dialog.getByRole("button", { name: "Apply mine" }).click();
  await dialog.locator("tbody tr", { hasText: "OFF" }).waitFor();
  assert.deepEqual(await cells(dialog), [
    ["app", "inherited", "inherited", "DEBUG"],
    ["boto3", "ERROR", "OFF"],
  ]);
  assert.equal(await shop.send("level app"), "INFO");
  await dialog.getByRole("button", { name: "Apply mine" }).click();
  await levelIs("app", "DEBUG");
  assert.equal(await shop.send("level boto3"), "OFF");
});

test("the filter finds loggers and makes new ones", async () => {
  await page.getByLabel("Filter, or a new name").fill("BOTO");
  await until(page, () => document.getElementById("logger-count").textContent.startsWith("2 / "));
  assert.match(await hash(page), /filter=BOTO/);
  await page.getByLabel("Filter, or a new name").fill("payments.card");
  await row(page, "payments.card").getByText("not there yet").waitFor();
  await press("payments.card", "TRACE");
  await levelIs("payments.card", "TRACE");
  await page.getByLabel("Filter, or a new name").fill("");
  await page.getByLabel("configured only").check();
  await until(page, () => document.getElementById("logger-count").textContent.startsWith("2 / "));
  await page.reload();
  await until(page, () => document.getElementById("logger-count").textContent.startsWith("2 / "));
  // A name that is refused says why, at its row.
  await page.getByLabel("configured only").uncheck();
  const long = "x".repeat(1100);
  await page.getByLabel("Filter, or a new name").fill(long);
  await press(long, "TRACE");
  await until(page, () => /Failed: /.test(document.getElementById("loggers").textContent));
});

test("a tree has subtotals and folds", async () => {
  await press("app.db", "DEBUG");
  await row(page, "app").getByText("3 below, 1 set").waitFor();
  await page.getByRole("button", { name: "Loggers below app", exact: true }).click();
  await row(page, "app.db").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Collapse all" }).click();
  await row(page, "botocore.client").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Expand all" }).click();
  await row(page, "botocore.client.S3").waitFor();
});

const levels = () => page.locator("#levels");

test("a group has one level", async () => {
  await levels().getByText("Groups").click();
  await levels().getByLabel("Name", { exact: true }).fill("aws");
  await levels().getByLabel("Loggers, separated by spaces").fill("boto3 botocore");
  await levels().getByRole("button", { name: "Save group" }).click();
  await press("group aws", "ERROR");
  await levelIs("boto3", "ERROR");
  await levelIs("botocore", "ERROR");
  await message("group aws is set to ERROR");
  await page.keyboard.press("u");
  await levelIs("botocore", "INFO");
});

test("a level of a group is for what is shown, and a group that is gone is not shown", async () => {
  await levels().getByText("Groups").click();
  const save = async (members) => {
    await levels().getByLabel("Name", { exact: true }).fill("both");
    await levels().getByLabel("Loggers, separated by spaces").fill(members);
    await levels().getByRole("button", { name: "Save group" }).click();
    await message("group both is saved");
  };
  await save("app boto3");
  for (const time of ["until changed", "10 minutes"]) {
    await page.getByLabel("A level lasts").selectOption(time);
    const dialog = await conflict("group both");
    assert.deepEqual(await cells(dialog), [
      ["app", "inherited", "inherited", "DEBUG"],
      ["boto3", "inherited", "ERROR", "DEBUG"],
    ]);
    await dialog.getByRole("button", { name: "Keep what is there" }).click();
    await message("nothing was changed");
    assert.equal(await shop.send("level app"), "INFO");
    assert.equal(await shop.send("level boto3"), "ERROR");
    await shop.send("set boto3 CRITICAL");
    await press("group both", "DEBUG");
    await dialog.getByRole("button", { name: "Apply mine" }).click();
    await levelIs("boto3", "DEBUG");
    await levelIs("app", "DEBUG");
    await page.unroute("**/v1/status");
    await message("group both is set to DEBUG");
    await page.keyboard.press("u");
    await levelIs("boto3", "CRITICAL");
    await message("undone: group both");
    await shop.send("clear boto3");
    await row(page, "boto3").locator(".level", { hasText: "INFO" }).waitFor();
  }
  // Undoing its creation leaves none.
  await page.keyboard.press("u");
  await page.getByText("both", { exact: true }).waitFor({ state: "hidden" });
  assert.equal(await page.locator("#group-count").innerText(), "0");
});

test("all logging is turned off and on", async () => {
  const button = page.getByRole("button", { name: "All logging off" });
  await button.click();
  await message("all logging is off");
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await button.click();
  await message("logging is on again");
  assert.equal(await button.getAttribute("aria-pressed"), "false");
});

test("a preview counts what a level would add, and changes nothing", async () => {
  const preview = page.getByRole("button", { name: /^Preview .* levels of app add$/ });
  await eventually(async () => {
    await shop.send("log DEBUG app.db connected");
    await shop.send("log INFO app.db connected");
    const shown = await row(page, "app").innerText();
    // Pressed again if the time was over before the tail had begun.
    const isOver = !/counting|DEBUG \+/.test(shown);
    if (isOver) await preview.click();
    return /DEBUG \+[\d.]+\/s/.test(shown);
  });
  assert.doesNotMatch(await row(page, "app").innerText(), /INFO \+/);
  assert.equal(await shop.send("level app.db"), "INFO");
});

test("everything is done by keyboard alone", async () => {
  await page.keyboard.press("/");
  await page.keyboard.type("app.db");
  await until(page, () => document.getElementById("logger-count").textContent.startsWith("2 / "));
  const focused = () => page.evaluate(() => document.activeElement.ariaLabel);
  for (let presses = 0; (await focused()) !== "Set app.db to TRACE"; presses += 1) {
    assert.ok(presses < 20, await focused());
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "Set app.db to DEBUG");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "Set app.db.pool to DEBUG");
  await page.keyboard.press("Enter");
  await levelIs("app.db.pool", "DEBUG");
  await message("app.db.pool is set to DEBUG");
  // The button that was pressed keeps the focus.
  assert.equal(await focused(), "Set app.db.pool to DEBUG");
  await page.keyboard.press("u");
  await levelIs("app.db.pool", "INFO");
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys and help" });
  await help.waitFor();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  for (const [key, view] of [["2", "tail"], ["3", "handlers"], ["4", "changes"], ["1", "levels"]]) {
    await page.keyboard.press(key);
    await page.locator(`#${view}`).waitFor();
    assert.match(await hash(page), new RegExp(`view=${view}`));
  }
  // Keys without a modifier can be turned off, for those who speak to their computer.
  await page.keyboard.press("?");
  await page.getByLabel("no keys without Ctrl or Alt").check();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  await page.keyboard.press("2");
  assert.ok(await page.locator("#levels").isVisible());
});

test("20,000 loggers need few rows", async () => {
  await shop.send("many 20000");
  await page.reload();
  await until(page, () => /20,\d{3} loggers/.test(document.getElementById("logger-count").textContent));
  const rows = () => page.locator("#loggers tbody tr").count();
  assert.ok((await rows()) < 80);
  await page.getByRole("button", { name: "Expand all" }).click();
  await row(page, "service0.module0.part0").waitFor();
  for (const part of [0.3, 0.7, 1]) {
    await page.evaluate((part) => {
      const scroll = document.getElementById("logger-scroll");
      scroll.scrollTop = part * scroll.scrollHeight;
    }, part);
    await until(page, (part) => {
      const scroll = document.getElementById("logger-scroll").getBoundingClientRect();
      const row = document.elementFromPoint(scroll.left + 40, scroll.bottom - 20)?.closest("tr");
      return row?.ariaRowIndex > part * 20_000;
    }, part);
    assert.ok((await rows()) < 80);
  }
  await page.getByLabel("Filter, or a new name").fill("part19999");
  await press("service49.module399.part19999", "DEBUG");
  await levelIs("service49.module399.part19999", "DEBUG");
});
