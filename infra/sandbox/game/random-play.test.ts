import { expect, test } from 'vitest'
import { createRandom } from '../../../agents/random.ts'
import type { EmittedEvent, Game } from '../game.ts'
import { createGame } from './create-game.ts'
import { PLAYERS, randomCall } from './random-play.testing.ts'
import { callOf, contextOf, OPERATOR, ORIGIN_HEX } from './scenario.testing.ts'

const CALLS = 4_000
const BLOCKS_BETWEEN_CALLS_MAX = 12
const REVERT_EVERY_BLOCKS = 20

/** Plays from a seed; `onEmitted` sees what each call emitted, in order. */
const play = (seed: number, game: Game, onEmitted: (events: readonly EmittedEvent[], block: number) => void): void => {
  const random = createRandom(seed)
  const positions = new Map<bigint, bigint>()
  game.genesis(contextOf({ block: 0 }))
  for (const { owner, name } of PLAYERS) {
    const [created] = game.execute([callOf('create_adventurer', { name })], contextOf({ block: 1, by: owner }))
    onEmitted(created?.events ?? [], 1)
  }
  let block = 1
  for (let at = 0; at < CALLS; at++) {
    block += Math.floor(random() * BLOCKS_BETWEEN_CALLS_MAX)
    const { call, by } = randomCall(random, (id) => positions.get(id) ?? ORIGIN_HEX)
    const [result] = game.execute([call], contextOf({ block, by }))
    const events = result?.events ?? []
    for (const { keys, data } of events) {
      if (keys[1] === MOVED) positions.set(data[1] as bigint, data[4] as bigint)
    }
    onEmitted(events, block)
  }
}

const MOVED = 0x4a1a500217bda2afdcdf0fe14d48ea716525a2d6156d8e5afb89178e1cd96d8n

test('the stored rows are the last that the events told, whatever was reverted in between', () => {
  const game = createGame({ namespaceOwner: OPERATOR })
  const folded = new Map<string, readonly bigint[]>()
  const fold = ({ keys, data }: EmittedEvent): void => {
    if (keys.length !== 3 || keys[0] !== 0x1a2f334228cee715f1f0f54053bb6b5eac54fa336e0bc1aacf7516decb0471dn) return
    folded.set(`${keys[1]}/${keys[2]}`, data.slice(Number(data[0]) + 2))
  }
  for (const event of createGame({ namespaceOwner: OPERATOR }).genesis(contextOf({ block: 0 }))) fold(event)
  play(7, game, (events, block) => {
    for (const event of events) fold(event)
    if (block % REVERT_EVERY_BLOCKS !== 0) return
    const broken = { ...callOf('tick_autoregulator', {}), calldata: [1n] }
    const create = callOf('create_adventurer', { name: BigInt(block) })
    expect(() => game.execute([create, broken], contextOf({ block }))).toThrow('Input too long')
  })
  const stored = game.takeChangedRows().map((row) => [`${row.modelSelector}/${row.entityId}`, row.values] as const)
  expect(new Map(stored)).toEqual(folded)
})

test('the same seed gives the same events, felt by felt', () => {
  const transcript = (): EmittedEvent[] => {
    const all: EmittedEvent[] = []
    play(11, createGame({ namespaceOwner: OPERATOR }), (events) => all.push(...events))
    return all
  }
  expect(transcript()).toEqual(transcript())
})
