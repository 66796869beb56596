// A process whose console is tested, and a browser that shows it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

// Waits end when their condition holds; a machine under load may need long.
const LIMIT = 60_000;

/** Starts a process. `send` gives it a command and returns its answer. */
export async function startProcess(variables = {}) {
  const directory = await mkdtemp(join(tmpdir(), "logtree-console-"));
  const child = spawn(process.env.LOGTREE_CONSOLE_BINARY, ["--exact", "console::process", "--nocapture"], {
    env: { ...process.env, ...variables, LOGTREE_CONSOLE_PROCESS: directory },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let hasEnded = false;
  child.once("exit", () => (hasEnded = true));
  const waiting = [];
  const answers = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith("console: ")) return;
    const answer = line.slice("console: ".length);
    if (waiting.length > 0) waiting.shift()(answer);
    else answers.push(answer);
  });
  const answer = () =>
    answers.length > 0 ? answers.shift() : new Promise((resolve) => waiting.push(resolve));
  const url = await answer();
  return {
    url,
    send: (command) => {
      child.stdin.write(`${command}\n`);
      return answer();
    },
    end: async () => {
      child.stdin.end();
      if (!hasEnded) await new Promise((resolve) => child.once("exit", resolve));
      await rm(directory, { recursive: true });
    },
  };
}

export const startBrowser = () =>
  chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

/** Opens a page. Its `faults` are errors of scripts, dialogs, and what its policy refused. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(error.stack));
  page.on("console", (message) => {
    const text = message.text();
    // What tests provoke: a refused change, a wrong token, a process that went away.
    const isMeant = /status of (4(00|01|12|28)|503)|net::ERR_/.test(text);
    if (message.type() === "error" && !isMeant) page.faults.push(text);
  });
  page.on("dialog", (dialog) => {
    page.faults.push(dialog.message());
    dialog.dismiss();
  });
  await page.goto(url);
  return page;
}

/** Waits until the function, which runs in the page, returns something true. */
export const until = (page, condition, argument) =>
  page.waitForFunction(condition, argument, { timeout: LIMIT });

/** Waits until an asynchronous function returns something true. */
export async function eventually(condition) {
  const end = Date.now() + LIMIT;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not come: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The fragment of the address now; the browser reports a new address some time later. */
export const hash = (page) => page.evaluate(() => location.hash);

export const row = (page, name) =>
  page.locator("#loggers tbody tr", { has: page.locator(`.name[title="${name}"]`) });
