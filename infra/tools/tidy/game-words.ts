/**
 * What code for any game does not have: a game's own words, and guesses at what a member means by
 * its name.
 */
import type { Members, WorldDefinition } from '../../../domain/worlds/definition.ts'
import type { MeasuredFile } from '../measure/measured-files.ts'
import type { Fault } from './code-faults.ts'
import { isGameRoom, isSource } from './layers.ts'

const membersOf = ({ events, models, contracts }: WorldDefinition): readonly Members[] => [
  ...[...Object.values(events), ...Object.values(models)].flatMap(({ keys, values }) => [
    keys,
    values,
  ]),
  ...Object.values(contracts).flatMap(({ entrypoints, views }) =>
    [...Object.values(entrypoints), ...Object.values(views)].map(({ calldata }) => calldata),
  ),
]

/** The names of all members of a world: of its events, models and calls. */
export const memberNamesOf = (definition: WorldDefinition): ReadonlySet<string> =>
  new Set(membersOf(definition).flatMap((members) => Object.keys(members)))

/** Types that a text of the schema declares, and fields that it adds to the roots. */
const wordsOfSdl = (sdl: string): readonly string[] => {
  const declared = [...sdl.matchAll(/^(?:type|input|enum|union|interface) (\w+)/gm)]
  const roots = [...sdl.matchAll(/^extend type \w+ \{\n([\s\S]*?)^\}/gm)]
  const fields = roots.flatMap(([, body = '']) => [...body.matchAll(/^ {2}(\w+)[(:]/gm)])
  return [...declared, ...fields].map(([, word = '']) => word)
}

/** Of several parts, so that nobody says it who means something else. */
const isCompound = (word: string): boolean => word.includes('_') || /[A-Z]/.test(word.slice(1))

/** The words by which a world is known: those of its definition and of its part of the schema. */
export const wordsOfWorld = (
  definition: WorldDefinition,
  sdl: readonly string[],
): ReadonlySet<string> => {
  const { name, events, models, enums, contracts } = definition
  const calls = Object.values(contracts).flatMap(({ entrypoints, views }) =>
    Object.keys({ ...entrypoints, ...views }),
  )
  const words = [
    name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    ...Object.keys({ ...events, ...models, ...enums, ...contracts }),
    ...calls,
    ...memberNamesOf(definition),
    ...sdl.flatMap(wordsOfSdl),
  ]
  return new Set(words.filter(isCompound))
}

/** Words of a world in the code of a source that is for any. */
export const gameWordFaults =
  (words: ReadonlySet<string>) =>
  ({ file, facts }: MeasuredFile): Fault[] =>
    isSource(file) && !isGameRoom(file)
      ? [...facts.words]
          .filter(([word]) => words.has(word))
          .map(([word, line]) => ({ file, line, text: `says ${word}, a word of the game` }))
      : []

/** What makes members of any world known to a file. */
const MEMBERS = /\/(worlds\/definition|member-codec)\.ts$/

/**
 * Patterns by which a file that knows of members tells some of them from the others: what a member
 * means is said by its type. A pattern that all match, or none, is about something else.
 */
export const guessFaults =
  (names: ReadonlySet<string>) =>
  ({ file, facts }: MeasuredFile): Fault[] =>
    facts.imports.some(({ specifier }) => MEMBERS.test(specifier))
      ? facts.patterns
          .filter(({ pattern }) => {
            const matched = [...names].filter((name) => pattern.test(name)).length
            return matched > 0 && matched < names.size
          })
          .map(({ line, pattern }) => ({
            file,
            line,
            text: `tells members apart by their names: ${pattern}`,
          }))
      : []
