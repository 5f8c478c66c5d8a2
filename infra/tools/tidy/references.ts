/**
 * Comments and documents as prose, and where they point to: numbered sections of the documents in
 * docs/ (`game.md §3.7`), and files and folders of the repository. What they name has to be there.
 */
import path from 'node:path'
import type { CommentFact } from '../measure/source-facts.ts'

/** A run of prose: a comment, a line of a document. A reference never spans two. */
export type Passage = Readonly<{ line: number; text: string }>

export type Repository = Readonly<{
  /** Paths from the root of all files and folders. */
  paths: ReadonlySet<string>
  /** Their last parts. */
  names: ReadonlySet<string>
  /** Numbers of the sections of each document in docs/, by its name, `game.md`. */
  sections: ReadonlyMap<string, ReadonlySet<string>>
}>

/** `2.11` of `### 2.11 What each call writes`. */
const sectionsIn = (document: string): ReadonlySet<string> =>
  new Set([...document.matchAll(/^#+ (\d+(?:\.\d+)?)\.? /gm)].flatMap(([, number]) => number ?? []))

/** `docs/game.md` and `docs` of `docs/game.md`. */
const withFolders = (file: string): string[] =>
  file === '.' ? [] : [file, ...withFolders(path.dirname(file))]

/** What the given files are, by path from the root; `textOf` reads one. */
export const repositoryOf = (
  files: readonly string[],
  textOf: (file: string) => string,
): Repository => ({
  paths: new Set(files.flatMap(withFolders)),
  names: new Set(files.map((file) => path.basename(file))),
  sections: new Map(
    files
      .filter((file) => /^docs\/[\w-]+\.md$/.test(file))
      .map((file) => [path.basename(file), sectionsIn(textOf(file))]),
  ),
})

const withoutStars = (comment: string): string => comment.replace(/^[ \t]*\*+ ?/gm, '')
const linesIn = (text: string): number => text.split('\n').length

/** Comments of a source text; those of lines that follow each other are one passage. */
export const passagesOfComments = (comments: readonly CommentFact[]): Passage[] => {
  const passages: { line: number; text: string; nextLine: number }[] = []
  for (const { line, text } of comments) {
    const last = passages.at(-1)
    const nextLine = line + linesIn(text)
    const words = withoutStars(text).replace(/\s+/g, ' ').trim()
    if (last?.nextLine === line) Object.assign(last, { text: `${last.text} ${words}`, nextLine })
    else passages.push({ line, text: words, nextLine })
  }
  return passages
}

export const passagesOfLines = (text: string): Passage[] =>
  text.split('\n').map((line, at) => ({ line: at + 1, text: line }))

/** A document, a source elsewhere whose sections nobody here can look up, or a section. */
const SECTION_WORDS = /([\w-]+\.md)|(RFC \d+)|§(?: ?(\d+(?:\.\d+)?))?/gi

/**
 * Sections that a passage names and that are not there. A document with numbered sections need not
 * name itself.
 */
export const sectionFaults = (
  file: string,
  { text }: Passage,
  { sections }: Repository,
): string[] => {
  const own = path.basename(file)
  let document = sections.get(own)?.size ? own : null
  const faults: string[] = []
  for (const [, named, elsewhere, number] of text.matchAll(SECTION_WORDS)) {
    if (named !== undefined) document = named.toLowerCase()
    else if (elsewhere !== undefined) document = elsewhere
    else if (document?.startsWith('RFC')) continue
    else if (document === null || number === undefined)
      faults.push(`names §${number ?? ''} of no document`)
    else if (!sections.get(document)?.has(number))
      faults.push(`names §${number} of ${document}, which is not in docs/`)
  }
  return faults
}

const FILE_NAMED =
  /(?<![\w/.@*<>{}$…-])(?:\.{1,2}\/)*(?:[\w.-]+\/)*[\w-][\w.-]*\.(?:tsx?|mjs|md|graphql)\b(?![\w/-])/g
const FOLDER_NAMED =
  /(?<![\w/.@-])(?:domain|schemas|ingest|projections|commands|agents|api|infra|docs)(?:\/[\w-]+(?:\.[\w-]+)*)+/g

/** `x.test.ts` stands for any file of its kind. */
const isPattern = (name: string): boolean => /^x\./.test(name)

/**
 * Files and folders that a passage names and that are not there: by their path from the root or
 * from the file that names them. A document may name a file without its folder.
 */
export const pathFaults = (
  file: string,
  { text }: Passage,
  { paths, names }: Repository,
): string[] => {
  const isThere = (name: string): boolean =>
    [name, path.join(path.dirname(file), name), path.join('docs', name)].some((place) =>
      paths.has(place),
    ) ||
    (file.endsWith('.md') && names.has(name))
  const named = new Set([...text.matchAll(FILE_NAMED), ...text.matchAll(FOLDER_NAMED)].flat())
  return [...named]
    .filter((name) => !isPattern(name) && !isThere(name))
    .map((name) => `names ${name}, which is not there`)
}

/** Sentences whose subject is a guess: "whoever waited looks again" is "the waiter looks again". */
export const proseFaults = ({ text }: Passage): string[] =>
  /\bwhom?ever\b/i.test(text) ? ['says whoever instead of naming its subject'] : []
