import { expect, it } from 'vitest'
import { sourceFactsOf } from '../measure/source-facts.ts'
import { deadExports, exportsForTests } from './exports.ts'

const files = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([file, text]) => ({ file, text, facts: sourceFactsOf(file, text) }))

const names = (found: readonly Readonly<{ file: string; name: string }>[]): string[] =>
  found.map(({ file, name }) => `${file}#${name}`)

it('an export is dead when no other file uses it', () => {
  expect(
    names(
      deadExports(
        files({
          'a/x.ts': 'export const used = 1\nexport const dead = 2\nexport class Dead {}\n',
          'a/y.ts': "import { used } from './x.ts'\nexport const dead = used\n",
        }),
      ),
    ),
  ).toEqual(['a/x.ts#dead', 'a/x.ts#Dead', 'a/y.ts#dead'])
})

it('everything that a namespace, a re-export or a dynamic import takes is used', () => {
  const x = 'export const one = 1\n'
  for (const user of [
    "import * as x from './x.ts'\nx.one\n",
    "export { one } from './x.ts'\n",
    "await import('./x.ts')\n",
  ])
    expect(names(deadExports(files({ 'x.ts': x, 'y.ts': user })))).toEqual([])
})

it('a type lives while the signature of something used names it, and no longer', () => {
  const x = [
    'export type Named = Inner',
    'export type Inner = string',
    'export type Inside = string',
    'export const make = (options: Named): void => { const inside: Inside = options }',
  ].join('\n')
  expect(
    names(deadExports(files({ 'x.ts': x, 'y.ts': "import { make } from './x.ts'\nmake('')\n" }))),
  ).toEqual(['x.ts#Inside'])
  expect(names(deadExports(files({ 'x.ts': x })))).toHaveLength(4)
})

it('an export of a source that only tests use is told apart; a bound, a class and test support are not', () => {
  const all = files({
    'x.ts': [
      'export const forTests = 1',
      'export const forAll = 2',
      'export const dead = 3',
      'export const WAIT_MS_MAX = 4',
      'export class Failed extends Error {}',
    ].join('\n'),
    'x.testing.ts': 'export const support = 1\n',
    'x.test.ts': [
      "import { forTests, forAll, WAIT_MS_MAX, Failed } from './x.ts'",
      "import { support } from './x.testing.ts'",
    ].join('\n'),
    'y.ts': "import { forAll } from './x.ts'\n",
  })
  expect(names(exportsForTests(all))).toEqual(['x.ts#forTests'])
  expect(names(deadExports(all))).toEqual(['x.ts#dead'])
})
