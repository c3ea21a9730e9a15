/**
 * That links in Markdown lead somewhere, and that each page can be found.
 *
 * @module
 */

import { dirname, join } from "@std/path";

/** Where a newcomer begins. */
const START = "README.md";

const FENCED = /^( *)(`{3,}|~{3,}).*?^\1\2`*$/gms;
const INLINE_CODE = /`[^`]*`/g;
const LINK = /\]\(([^)\s]+)\)/g;
const HEADING = /^#+ (.+)$/gm;

/**
 * Says which links of Markdown lead to no file or heading of the repository, and
 * which pages nobody finds who follows links from README.md. Links to elsewhere
 * are not looked at.
 *
 * @param texts The text of each file, by its path relative to the root.
 * @returns The faults.
 */
export function linkFaults(texts: ReadonlyMap<string, string>): string[] {
  const pages = Array.from(texts.keys())
    .filter((file) => file.endsWith(".md") && !file.startsWith("third_party/"));
  const links = new Map(pages.map((page) => [page, linksOf(page, texts)]));
  const found = reachable(START, links);
  return [
    ...Array.from(links).flatMap(([page, targets]) =>
      targets.filter(({ file, heading }) =>
        file === undefined || !hasHeading(texts.get(file)!, heading)
      ).map(({ link }) => `${page}: "${link}" leads nowhere`)
    ),
    ...pages.filter((page) => !found.has(page))
      .map((page) => `${page}: no link from ${START} leads there`),
  ];
}

interface Link {
  /** As it is written. */
  link: string;
  /** The file that it leads to, if there is one. */
  file: string | undefined;
  /** The heading in that, if it names one. */
  heading: string | undefined;
}

function linksOf(page: string, texts: ReadonlyMap<string, string>): Link[] {
  return Array.from(
    prose(texts.get(page)!).matchAll(LINK),
    ([, link = ""]) => link,
  )
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = "", heading] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      return { link, file: fileAt(target, texts), heading };
    });
}

/** A page without the code in it. */
function prose(text: string): string {
  return text.replaceAll(FENCED, "").replaceAll(INLINE_CODE, "");
}

/** A link to a folder shows its README, if it has one, or what is in it. */
function fileAt(
  path: string,
  texts: ReadonlyMap<string, string>,
): string | undefined {
  const readme = `${path}/README.md`;
  return [path, readme].find((file) => texts.has(file)) ??
    Array.from(texts.keys()).find((file) => file.startsWith(`${path}/`));
}

function hasHeading(text: string, heading: string | undefined): boolean {
  if (heading === undefined) return true;
  return Array.from(text.replaceAll(FENCED, "").matchAll(HEADING))
    .some(([, title = ""]) => anchorOf(title) === heading);
}

/** What GitHub calls a heading. */
function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function reachable(
  start: string,
  links: ReadonlyMap<string, readonly Link[]>,
): Set<string | undefined> {
  const found = new Set<string | undefined>([start]);
  // What is added while the set is walked through is walked through too.
  for (const page of found) {
    for (const { file } of links.get(page ?? "") ?? []) found.add(file);
  }
  return found;
}
