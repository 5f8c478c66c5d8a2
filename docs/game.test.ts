import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type ContractDefinition,
  type Members,
  type RecordDefinition,
  type WireType,
  wireTypeOf,
} from '../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { WORLD_EVENT_SELECTORS } from '../schemas/worlds/selectors.ts'

/** The text below the heading of a section's number, up to the next heading of any depth. */
const sectionOf = (document: string, number: string): string => {
  const text = readFileSync(new URL(document, import.meta.url), 'utf8')
  const found = new RegExp(`^#+ ${number.replace('.', '\\.')}\\.? .*\\n([^]*?)(?=^#|$(?![^]))`, 'm')
  return found.exec(text)?.[1] ?? ''
}

/** Cells of the rows of a section's tables, without their heads. */
const rowsOf = (document: string, number: string): string[][] =>
  sectionOf(document, number)
    .split('\n')
    .filter(
      (line, at, lines) => line.startsWith('|') && !/^\|[-:|\s]+\|$/.test(lines[at + 1] ?? ''),
    )
    .filter((line) => !/^\|[-:|\s]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )

const TYPES: Readonly<Record<string, WireType>> = { addr: 'address' }

/** `a:felt, b:addr` as members in their order. */
const membersOf = (text: string): [string, WireType][] =>
  text.split(', ').map((member) => {
    const [name = '', type = ''] = member.split(':')
    return [name, TYPES[type] ?? type]
  })

/** Names separated by commas; a dash stands for none. */
const namesIn = (cell: string): string[] => (cell === '–' ? [] : cell.split(', '))

const recordsOf = (number: string) =>
  Object.fromEntries(
    rowsOf('game.md', number).map(([name = '', fields = '']) => {
      const [keys = '', values = ''] = fields.split(' → ')
      return [name, { keys: membersOf(keys), values: membersOf(values) }]
    }),
  )

/** Members as the tables tell them: by how they are spelt. */
const spelt = (members: Members): [string, WireType][] =>
  Object.entries(members).map(([name, type]) => [name, wireTypeOf(type)])

const inOrder = (records: Readonly<Record<string, RecordDefinition>>) =>
  Object.fromEntries(
    Object.entries(records).map(([name, { keys, values }]) => [
      name,
      { keys: spelt(keys), values: spelt(values) },
    ]),
  )

describe('the tables of game.md are those of the definition', () => {
  it('events (game.md §1.1): names, members, types and order', () => {
    expect(recordsOf('1.1')).toEqual(inOrder(infiniteHexAdventurers.events))
  })

  it('models (game.md §1.2): names, members, types and order', () => {
    expect(recordsOf('1.2')).toEqual(inOrder(infiniteHexAdventurers.models))
  })

  it('enums (game.md §1.3): variants in order', () => {
    const enums: Readonly<Record<string, readonly string[]>> = infiniteHexAdventurers.enums
    const told = rowsOf('game.md', '1.3').filter(([name = '']) => name in enums)
    expect(told.map(([name]) => name)).toEqual(Object.keys(enums))
    for (const [name = '', variants = ''] of told)
      expect(
        [...variants.matchAll(/(?:^|, )(\d+) (\w+)/g)].map(([, at, variant]) => [at, variant]),
      ).toEqual(enums[name]?.map((variant, at) => [String(at), variant]))
  })

  it('contracts (game.md §0.2): addresses, calls and views', () => {
    expect(
      Object.fromEntries(
        rowsOf('game.md', '0.2').map(([name = '', address, calls = '', views = '']) => [
          name,
          { address, calls: namesIn(calls), views: namesIn(views) },
        ]),
      ),
    ).toEqual(
      Object.fromEntries(
        Object.entries<ContractDefinition>(infiniteHexAdventurers.contracts).map(
          ([name, { address, entrypoints, views }]) => [
            name,
            { address, calls: Object.keys(entrypoints), views: Object.keys(views) },
          ],
        ),
      ),
    )
  })
})

describe('the selectors of the World contract’s events', () => {
  const selectors: Readonly<Record<string, string>> = WORLD_EVENT_SELECTORS

  it('are those of torii-and-starknet.md §3.1', () => {
    const printed = rowsOf('torii-and-starknet.md', '3.1').map(([name = '', , , selector = '']) => [
      name.replaceAll('*', ''),
      selector.replaceAll('`', ''),
    ])
    expect(Object.fromEntries(printed)).toEqual(selectors)
  })

  it('are those of game.md §0.3', () => {
    const printed = rowsOf('game.md', '0.3')
    expect(printed).toHaveLength(5)
    for (const [name = '', selector] of printed)
      expect(selectors[name.replace(/ \(.*/, '')]).toBe(selector)
  })
})
