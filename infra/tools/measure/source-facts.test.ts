import { describe, expect, it } from 'vitest'
import { circlesOf } from './import-graph.ts'
import { sourceFactsOf } from './source-facts.ts'

const facts = (text: string) => sourceFactsOf('x.ts', text)

describe('what a source file says', () => {
  it('names functions by what holds them, with their lines and parameters', () => {
    const { functions } = facts(
      'export const add = (a: number, b: number) =>\n  a + b\nfunction f(x: string) {}\ng(() => 1)',
    )
    expect(functions).toEqual([
      { name: 'add', line: 1, lines: 2, parameters: 2, isArithmetic: true },
      { name: 'f', line: 3, lines: 1, parameters: 1, isArithmetic: false },
      { name: null, line: 4, lines: 1, parameters: 0, isArithmetic: true },
    ])
  })

  it('finds casts, whether they have a reason beside them, and not `as const`', () => {
    const { casts } = facts(
      [
        'const a = x as A // It is one.',
        'const b = y as B',
        'const c = 1 as const',
        '// Because.',
        'const d = z as unknown as D',
      ].join('\n'),
    )
    expect(
      casts.map(({ text, hasReason, isThroughUnknown }) => [text, hasReason, isThroughUnknown]),
    ).toEqual([
      ['x as A', true, false],
      ['y as B', true, false],
      ['z as unknown as D', true, true],
    ])
    expect(facts('const a = 1\nconst b = y as B').casts[0]?.hasReason).toBe(false)
  })

  it('knows which exports are documented, and which imports are of types alone', () => {
    const { exports, imports } = facts(
      [
        "import type { A } from './a.ts'",
        "import { type B, type C } from './b.ts'",
        "import { type D, e } from './d.ts'",
        "const f = await import('./f.ts')",
        '/** Said. */',
        'export const g = 1',
        'export type H = A',
      ].join('\n'),
    )
    expect(exports.map(({ name, isDocumented }) => [name, isDocumented])).toEqual([
      ['g', true],
      ['H', false],
    ])
    expect(imports.map(({ specifier, isTypeOnly }) => [specifier, isTypeOnly])).toEqual([
      ['./a.ts', true],
      ['./b.ts', true],
      ['./d.ts', false],
      ['./f.ts', false],
    ])
  })

  it('refuses a text that is no TypeScript, naming the file', () => {
    expect(() => facts('const = 1')).toThrow(/^x\.ts cannot be parsed: /)
  })
})

describe('circles of imports', () => {
  const circles = (edges: Readonly<Record<string, readonly string[]>>) =>
    circlesOf(new Map(Object.entries(edges)))

  it('are the sets of files that reach each other, the largest first', () => {
    expect(
      circles({ a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['d'], f: ['a'], g: ['g'] }),
    ).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
  })

  it('are none where files only share what they import', () => {
    expect(circles({ a: ['c'], b: ['c'], c: [], d: ['a', 'b'] })).toEqual([])
  })
})
