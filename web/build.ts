/** Makes the site from `src`: types stripped, names hashed, texts filled in; the same every time. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { isKey, say } from "./src/words.ts";

const SRC = join(import.meta.dirname, "src");
const IMPORT = /^import (\{[^}]*\}) from "\.\/([\w-]+)\.ts";$/gm;
const EXPORT = /^export (?=(?:async )?(?:function|const|class) (\w+))/gm;

type Files = Map<string, string>;

class Site {
  readonly files: Files = new Map();

  /** Adds a file whose name says what is in it, so that browsers may keep it for ever. */
  asset(name: string, content: string): string {
    const mark = createHash("sha256").update(content).digest("hex").slice(0, 10);
    const address = `assets/${name.replace(/\.(\w+)$/, `-${mark}.$1`)}`;
    this.files.set(address, content);
    return `/${address}`;
  }

  /** A page's script with all modules that it needs, in one file: one round trip, smaller packed. */
  script(name: string): string {
    const modules = new Map<string, string>();
    gather(name.replace(/\.ts$/, ""), modules, []);
    return this.asset(name.replace(/\.ts$/, ".js"), [...modules.values(), ""].join("\n"));
  }

  page(name: string, assets: ReadonlyMap<string, string>): void {
    const [first = "", ...rest] = source(name).split("\n");
    const about = new Map(Array.from(first.matchAll(/(\w+): ([^;>]+?)(?=;| -->)/g), (m) => [m[1], m[2]]));
    const told = (key: string) => about.get(key) ?? fail(`${name} does not say its ${key}.`);
    const script = this.script(told("script"));
    const robots = about.get("robots");
    let html = source("frame.html")
      .replace("<!-- robots -->\n", robots ? `<meta name="robots" content="${robots}">\n` : "")
      .replace("{title}", text(told("title")))
      .replace("<!-- scripts -->", `<script type="module" src="${script}"></script>`)
      .replace("<!-- main -->\n", rest.join("\n"))
      .replace("<!-- noscript.html -->\n", source("noscript.html"))
      .replace(/<!-- find\.html: ([\w.]+)(; hidden)? -->\n/, (_, key: string, hidden?: string) =>
        source("find.html").replace("find.another", key).replace('id="finder"', (id) => (hidden ? `${id} hidden` : id)),
      );
    for (const [from, to] of assets) html = html.replaceAll(`"/${from}"`, `"${to}"`);
    this.files.set(told("to"), filled(html, name));
  }
}

/** Puts a module behind those it needs: each keeps its names to itself and hands out its exports. */
function gather(name: string, into: Map<string, string>, above: readonly string[]): void {
  if (into.has(name)) return;
  if (above.includes(name)) fail(`${[...above, name].join(" -> ")} is a circle.`);
  const inside = stripTypeScriptTypes(source(`${name}.ts`)).replace(
    IMPORT,
    (_, names: string, other: string) => {
      gather(other, into, [...above, name]);
      return `const ${names} = ${other}$;`;
    },
  );
  const given = Array.from(inside.matchAll(EXPORT), (found) => found[1]);
  const body = small(inside.replace(EXPORT, ""), name);
  const odd = /^(import|export)\b.*/m.exec(body);
  if (odd) fail(`${name} has an import or export that the build does not know: ${odd[0]}`);
  const handed = given.length ? `\nreturn {${given.join(",")}};` : "";
  into.set(name, `const ${name}$ = (() => {\n${body}${handed}\n})();`);
}

/** Every `data-t` element gets its English text, so that pages can be read before scripts run. */
function filled(html: string, name: string): string {
  const done = html
    .replace(/(<\w+[^>]* data-t="([\w.]+)"[^>]*>)(?=<\/)/g, (_, open: string, key: string) => open + text(key))
    .replace(/( data-label="([\w.]+)")/g, (_, open: string, key: string) => `${open} aria-label="${text(key)}"`)
    .replace(/<p lang="es" data-es="([\w.]+)">/g, (_, key: string) => `<p lang="es">${text(key, "es")}`);
  const left = /<!-- |\{\w+\}/.exec(done);
  return left ? fail(`${name} has a place that nobody fills: ${left[0]}`) : done;
}

function text(key: string, language: "en" | "es" = "en"): string {
  if (!isKey(key)) return fail(`There is no text ${key}.`);
  return say(language, key).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}

/** Without comments and blanks; sound because no text of ours runs over lines or has two blanks. */
function small(script: string, name: string): string {
  const lines = script.replace(/\/\*\*[\s\S]*?\*\//g, "").split("\n");
  const odd = lines.find((line) => line.split("`").length % 2 === 0 || /(["`/])[^"`]*\S {2,}\S[^"`]*\1/.test(line));
  if (odd) fail(`${name} has a text over lines or with two blanks: ${odd.trim()}`);
  return lines
    .map((line) => line.trim().replace(/ {2,}/g, " "))
    .filter((line) => line && !line.startsWith("// "))
    .join("\n");
}

function smallStyle(style: string): string {
  return style
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .replace(/: /g, ":")
    .replace(/;}/g, "}")
    .trim();
}

function source(name: string): string {
  return readFileSync(join(SRC, name), "utf8");
}

function fail(words: string): never {
  throw new Error(words);
}

function made(): Files {
  const site = new Site();
  const assets = new Map([
    ["style.css", site.asset("style.css", smallStyle(source("style.css")))],
    ["icon.svg", site.asset("icon.svg", source("icon.svg").trim())],
  ]);
  for (const page of ["index.html", "track.html", "404.html"]) site.page(page, assets);
  site.files.set("robots.txt", source("robots.txt"));
  return site.files;
}

/** Replaces what is there, unless it is the same already: watchers see no change then. */
function put(files: Files, out: string): void {
  if (same(files, out)) return;
  const beside = `${out}.${process.pid}`;
  for (const [name, content] of files) {
    mkdirSync(dirname(join(beside, name)), { recursive: true });
    writeFileSync(join(beside, name), content);
  }
  rmSync(out, { recursive: true, force: true });
  renameSync(beside, out);
}

function same(files: Files, out: string): boolean {
  if (!existsSync(out)) return false;
  const there = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return (
    there.length === files.size &&
    [...files].every(([name, content]) => existsSync(join(out, name)) && readFileSync(join(out, name), "utf8") === content)
  );
}

const [out] = process.argv.slice(2);
put(made(), out ?? join(import.meta.dirname, "site"));
