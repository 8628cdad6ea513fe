/** Whether a folder looks like one release of many: then its path is a bad name, because every release has another. */

import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";

/** What the folder is called in which releases lie side by side. */
const SHELF = /^(releases?|versions|deploys|deployments|revisions)$/i;

/** What releases are called: a date, a version, a commit, a colour. */
const RELEASE = /^(\d{8,}\D?\d*|v?\d+\.\d+[\w.+-]*|[0-9a-f]{7,40}|blue|green)$/i;

/** The name of a link to the present release stands near it; a folder with more than this is not searched for it. */
const SEARCHED = 500;

/**
 * What to say of a folder that looks like a release.
 * @param real its path, without links: somebody who came by a link has named the service well
 */
export function releaseWarning(real: string): string | undefined {
  const release = releaseIn(real);
  if (release === undefined) return undefined;
  const link = linkTo(release);
  const named = link === undefined ? "" : ` (${join(link, relative(release, real))})`;
  return (
    `The folder ${real} looks like one release of many, and its path is the name of the service: instances of another release do not find this one, and both could be primary.` +
    ` Name the service as "service", or give the link that leads to the current release as "workdir"${named}.`
  );
}

/** The folder on the way that is the release. */
function releaseIn(path: string): string | undefined {
  const parts = path.split(sep);
  const shelf = parts.findLastIndex((part, index) => index < parts.length - 1 && SHELF.test(part));
  if (shelf >= 0) return parts.slice(0, shelf + 2).join(sep);
  return RELEASE.test(basename(path)) && hasSiblings(path) ? path : undefined;
}

function hasSiblings(path: string): boolean {
  return entries(dirname(path)).some((entry) => entry.name !== basename(path) && RELEASE.test(entry.name));
}

/** A link to the release, beside it or one folder above. */
function linkTo(release: string): string | undefined {
  const shelf = dirname(release);
  for (const folder of [dirname(shelf), shelf])
    for (const entry of entries(folder)) {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink() && leadsTo(path, release)) return path;
    }
  return undefined;
}

function entries(folder: string): { name: string; isSymbolicLink(): boolean }[] {
  try {
    const found = readdirSync(folder, { withFileTypes: true });
    return found.length > SEARCHED ? [] : found;
  } catch {
    // What may not be looked into is no help, and this is only advice.
    return [];
  }
}

function leadsTo(link: string, folder: string): boolean {
  try {
    return realpathSync.native(link) === folder;
  } catch {
    // It leads nowhere.
    return false;
  }
}
