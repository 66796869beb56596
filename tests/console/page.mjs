// The token, the small and the large window, and accessibility in every view.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { eventually, hash, openPage, row, startBrowser, startProcess, until } from "./process.mjs";

const VIEWS = ["levels", "tail", "handlers", "changes"];
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let shop;

before(async () => {
  browser = await startBrowser();
  shop = await startProcess();
  await shop.send("set root INFO");
  await shop.send("handler WARNING");
  await shop.send("loggers app.db.pool app.http botocore.client.S3");
  await shop.send("set app.db DEBUG");
});
after(async () => {
  await browser.close();
  await shop.end();
});

test("the token leaves the address, and a wrong one is asked for again", async () => {
  const page = await openPage(browser, shop.url);
  await row(page, "app.http").waitFor();
  assert.equal(await page.evaluate(() => location.href), `${new URL(shop.url).origin}/`);
  await page.reload();
  await row(page, "app.http").waitFor();
  await page.context().close();

  const other = await openPage(browser, new URL(shop.url).origin);
  const dialog = other.getByRole("dialog", { name: "Token" });
  await dialog.waitFor();
  // What is typed is not judged before it is sent, however often the page asks for the status.
  await dialog.getByLabel("Token").fill("wrong");
  for (let polls = 0; polls < 2; polls += 1) {
    await other.waitForResponse((response) => response.status() === 401);
  }
  assert.equal(await dialog.getByRole("alert").textContent(), "");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.getByText("not accepted").waitFor();
  const token = new URLSearchParams(new URL(shop.url).hash.slice(1)).get("token");
  await dialog.getByLabel("Token").fill(token);
  await other.keyboard.press("Enter");
  await row(other, "app.http").waitFor();
  assert.equal(await hash(other), "");
  assert.deepEqual(other.faults, []);
  await other.context().close();
});

test("a token that is no longer valid is asked for again", async () => {
  const other = await startProcess();
  const page = await openPage(browser, other.url);
  await row(page, "root").waitFor();
  await other.send("stop");
  const url = await other.send(`restart ${new URL(other.url).host}`);
  const dialog = page.getByRole("dialog", { name: "Token" });
  await dialog.getByText("not valid any more").waitFor();
  // A process that cannot be reached is no reason to close it.
  await other.send("stop");
  await page.locator("#connection").getByText("not reachable").waitFor();
  assert.ok(await dialog.isVisible());
  const token = new URLSearchParams(new URL(url).hash.slice(1)).get("token");
  await other.send(`serve ${new URL(other.url).host}`);
  await dialog.getByLabel("Token").fill(token);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
  await page.locator("#connection").getByText("pid").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
  await other.end();
});

test("handlers show what they dropped, and changes who made them", async () => {
  const page = await openPage(browser, `${shop.url}&view=handlers`);
  await shop.send("log ERROR app failed");
  await page.locator("#handlers .failed", { hasText: "1 dropped: io" }).waitFor();
  await page.getByRole("link", { name: "Changes" }).click();
  const change = page.locator("#changes tbody tr", { hasText: "app.db" });
  await change.waitFor();
  assert.match(await change.innerText(), /inherited\s+DEBUG\s+another client/);
  await page.context().close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1400, 1000, 320]) {
    test(`nothing bars the way in ${colorScheme} colours, ${width} pixels wide`, async () => {
      const page = await openPage(browser, shop.url, {
        colorScheme,
        reducedMotion: "reduce",
        viewport: { width, height: 800 },
      });
      await row(page, "app.http").waitFor();
      await page.evaluate(AXE);
      const check = async (what) => {
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
        assert.deepEqual(found, [], what);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${what} is ${overflow} pixels too wide`);
      };
      for (const view of VIEWS) {
        await page.locator(`nav a[data-view=${view}]`).click();
        await page.locator(`#${view}`).waitFor();
        if (view === "tail") {
          // What is logged before the tail has begun is not seen by it.
          const last = page.locator("#records li", { hasText: "size=39" });
          await eventually(async () => {
            await shop.send("records 40 app");
            return (await last.count()) > 0;
          });
        }
        if (view === "handlers" || view === "changes") await page.locator(`#${view} tbody tr`).first().waitFor();
        await check(view);
      }
      await page.locator("nav a[data-view=levels]").click();
      await page.locator("#levels summary").click();
      await check("groups");
      await page.keyboard.press("?");
      await page.locator("#help").waitFor();
      await check("help");
      await page.keyboard.press("Escape");
      await page.locator("#help").waitFor({ state: "hidden" });
      await page.locator("nav a[data-view=tail]").click();
      await page.locator("#records .time").last().click();
      await page.locator("#record").waitFor();
      await check("record");
      await page.keyboard.press("Escape");
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }
}

test("buttons can be hit, and all is there in a small window", async () => {
  const page = await openPage(browser, shop.url, { viewport: { width: 320, height: 640 } });
  await row(page, "app.db").waitFor();
  const small = await page.locator("button:visible").evaluateAll((buttons) =>
    buttons
      .map((button) => [button.textContent, button.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 24 || height < 24)
      .map(([text]) => text),
  );
  assert.deepEqual(small, []);
  // Nothing of a row is cut off.
  const cut = await page.locator("#loggers tbody tr:not(.space)").evaluateAll((rows) =>
    rows.filter((row) => row.scrollHeight > row.clientHeight + 1).map((row) => row.textContent),
  );
  assert.deepEqual(cut, []);
  await page.getByRole("button", { name: "Set app.db to ERROR", exact: true }).click();
  await until(page, () => /is set to ERROR/.test(document.getElementById("message").textContent));
  await page.context().close();
});
