import { describe, expect, it } from 'vitest'
import type { WorldDefinition } from '../../../domain/worlds/definition.ts'
import { sourceFactsOf } from '../measure/source-facts.ts'
import { gameWordFaults, guessFaults, memberNamesOf, wordsOfWorld } from './game-words.ts'

const read = (file: string, text: string) => ({ file, text, facts: sourceFactsOf(file, text) })

const world: WorldDefinition = {
  name: 'flat-land',
  namespace: 'flat',
  worldAddress: '0x1',
  enums: { SideCount: ['Three'], Sex: ['Line'] },
  events: { LineMet: { doc: '', keys: { line_id: 'felt' }, values: { hex: 'hex' } } },
  models: { Line: { doc: '', keys: { line_id: 'felt' }, values: { best_angle: 'u8' } } },
  contracts: {
    line_manager: {
      address: '0x2',
      rejectedBy: null,
      entrypoints: {
        greet_line: {
          calldata: { to_line: 'felt' },
          confirmedBy: { event: 'LineMet' },
          agentsMayBeOffered: true,
        },
      },
      views: { angle_of: { calldata: { line_id: 'felt' }, returns: 'u8' } },
    },
  },
}
const SDL = `
"""
A line with a body.
"""
type ThickLine implements Change {
  isThick: Boolean!
}
union LineChange = ThickLine | Resync
extend type Query {
  """
  How lines(meet).
  """
  lineMeetings(first: Int): [ThickLine!]!
  lines: Int
}
extend type Subscription {
  lineChanged: LineChange!
}
`
const words = wordsOfWorld(world, [SDL])

describe('the words of a world', () => {
  it('are those of several parts, of its definition and its part of the schema', () => {
    expect([...words].toSorted()).toEqual(
      [
        'LineChange',
        'LineMet',
        'SideCount',
        'ThickLine',
        'angle_of',
        'best_angle',
        'flatLand',
        'greet_line',
        'lineChanged',
        'lineMeetings',
        'line_id',
        'line_manager',
        'to_line',
      ].toSorted(),
    )
  })

  it.each([
    ['a name', 'const LineMet = 1\n'],
    ['a member', 'const a = b.line_id\n'],
    ['a type', 'type A = B<ThickLine>\n'],
    ['a text', "const a = 'the greet_line of all'\n"],
    ['a template', 'const a = `{ lineMeetings }`\n'],
  ])('are found in %s, with the line', (_, text) => {
    expect(gameWordFaults(words)(read('ingest/x.ts', `\n${text}`))).toEqual([
      {
        file: 'ingest/x.ts',
        line: 2,
        text: expect.stringMatching(/^says \w+, a word of the game$/),
      },
    ])
  })

  it('may stand in comments, in tests, and in the rooms of the game', () => {
    const found = (file: string, text: string) => gameWordFaults(words)(read(file, text))
    expect(found('ingest/x.ts', '/** E.g. LineMet. */\nconst a = 1 // line_id\n')).toEqual([])
    for (const file of ['ingest/x.test.ts', 'domain/worlds/flat-land/x.ts', 'app.ts'])
      expect(found(file, 'const LineMet = 1\n')).toEqual([])
  })
})

describe('a guess at what members mean', () => {
  const found = (pattern: string, from = '../../domain/worlds/definition.ts') =>
    guessFaults(memberNamesOf(world))(
      read('schemas/x.ts', `import type { Members } from '${from}'\nconst a = ${pattern}\n`),
    )

  it.each(['/_line$|^hex$/.test(b)', '/line_id/i.exec(b)', 'b.match(/^best/g)', '/angle/'])(
    'is a pattern that tells some from the others: %s',
    (pattern) => {
      expect(found(pattern)).toEqual([
        { file: 'schemas/x.ts', line: 2, text: expect.stringContaining('by their names: /') },
      ])
    },
  )

  it('is none where all match or none, where a text is rewritten, and where no member is known', () => {
    for (const pattern of ['/^\\w+$/.test(b)', '/^0x/.test(b)', "b.replace(/_id/, '')"])
      expect(found(pattern)).toEqual([])
    expect(found('/_id/.test(b)', './other.ts')).toEqual([])
  })
})
