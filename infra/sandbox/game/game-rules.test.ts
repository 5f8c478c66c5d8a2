import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'

const ROOT = new URL('../../../', import.meta.url)
const textOf = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')

const ROW = /^\| (?<rule>[^|]+) \| `(?<file>[^`]+)` \| (?<title>[^|]+) \|$/

/**
 * Rows of the tables in docs/game-rules.md: what is covered, the test's file, and words of its
 * title.
 */
const rows = textOf('docs/game-rules.md')
  .split('\n')
  .flatMap((line) => {
    const found = ROW.exec(line)?.groups
    return found === undefined
      ? []
      : [[found.rule as string, found.file as string, found.title as string] as const]
  })

test('the page on the game’s rules has its rows', () => {
  expect(rows.length).toBeGreaterThan(90)
})

test.each(rows)('%s is covered by a test of %s about “%s”', (_, file, title) => {
  expect(textOf(file)).toContain(title)
})

const { contracts } = infiniteHexAdventurers
const CALLS = Object.values(contracts).flatMap(({ entrypoints, views }) =>
  Object.keys({ ...entrypoints, ...views }),
)

test.each(CALLS)('%s is named by a row', (call) => {
  const named = new RegExp(`\\b${call}\\b`)
  expect(rows.some(([rule, , title]) => named.test(rule) || named.test(title))).toBe(true)
})

test('every quirk of the register up to 25 has its row', () => {
  const covered = rows.flatMap(([rule]) =>
    /^\d+(, \d+)*$/.test(rule) ? rule.split(', ').map(Number) : [],
  )
  expect(new Set(covered)).toEqual(new Set(Array.from({ length: 25 }, (_, at) => at + 1)))
})

/** Worked examples of the reference (game.md §2.11), by group. */
const EXAMPLES = {
  World: 3,
  Adventurer: 6,
  Harvest: 5,
  Economy: 7,
  Ownership: 3,
  Mining: 6,
  Construction: 5,
  Sharing: 4,
  Regulator: 3,
  WorldGen: 3,
} as const

/** "examples Mining 1–4" names four of them, "examples Ownership 1 and 3" two. */
const examplesIn = (rule: string, group: string): readonly number[] => {
  const found = new RegExp(`examples? ${group} (\\d+)(?:(–| and )(\\d+))?`).exec(rule)
  if (found === null) return []
  const [, first, joined, last = first] = found
  const [from, to] = [Number(first), Number(last)]
  return joined === ' and '
    ? [from, to]
    : Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

test.each(Object.entries(EXAMPLES))('every worked example of %s has its row', (group, count) => {
  const covered = rows.flatMap(([rule]) => examplesIn(rule, group))
  expect([...new Set(covered)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, at) => at + 1),
  )
})
