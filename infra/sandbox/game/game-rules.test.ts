import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)
const textOf = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')

const ROW = /^\| (?<rule>[^|]+) \| `(?<file>[^`]+)` \| (?<title>[^|]+) \|$/

/** Rows of the tables in docs/game-rules.md: what is covered, the test's file, and words of its title. */
const rows = textOf('docs/game-rules.md')
  .split('\n')
  .flatMap((line) => {
    const found = ROW.exec(line)?.groups
    return found === undefined ? [] : [[found.rule as string, found.file as string, found.title as string] as const]
  })

test('the page on the game’s rules has its rows', () => {
  expect(rows.length).toBeGreaterThan(90)
})

test.each(rows)('%s is covered by a test of %s about “%s”', (_, file, title) => {
  expect(textOf(file)).toContain(title)
})

test('every quirk of the register up to 25 has its row', () => {
  const covered = rows.flatMap(([rule]) => (/^\d+(, \d+)*$/.test(rule) ? rule.split(', ').map(Number) : []))
  expect(new Set(covered)).toEqual(new Set(Array.from({ length: 25 }, (_, at) => at + 1)))
})
