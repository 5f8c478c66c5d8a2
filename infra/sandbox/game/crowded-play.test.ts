import { expect, test } from 'vitest'
import { createRandom } from '../../../agents/random.ts'
import type { EmittedEvent, Game } from '../chain/game.ts'
import { callOf } from '../population/deed.ts'
import { createGame } from './create-game.ts'
import { createCrowdedPlay, type Play } from './crowded-play.testing.ts'
import { contextOf, decodeEmitted, OPERATOR } from './scenario.testing.ts'

const PLAYS = 3_000
const REVERT_EVERY_BLOCKS = 20

/** Plays from a seed; `onEmitted` sees what each play emitted, in order. */
const play = (
  seed: number,
  game: Game,
  onEmitted: (events: readonly EmittedEvent[], block: number) => void,
): void => {
  game.genesis(contextOf({ block: 0 }))
  const crowd = createCrowdedPlay(createRandom(seed))
  const take = ({ calls, block, by }: Play): void => {
    const events = game.execute(calls, contextOf({ block, by })).flatMap((result) => result.events)
    crowd.see(events.map(decodeEmitted))
    onEmitted(events, block)
  }
  crowd.opening.forEach(take)
  for (let at = 0; at < PLAYS; at += 1) take(crowd.next())
}

test('the stored rows are the last that the events told, whatever was reverted in between', () => {
  const game = createGame({ namespaceOwner: OPERATOR })
  const folded = new Map<string, readonly bigint[]>()
  const fold = ({ keys, data }: EmittedEvent): void => {
    if (
      keys.length !== 3 ||
      keys[0] !== 0x1a2f334228cee715f1f0f54053bb6b5eac54fa336e0bc1aacf7516decb0471dn
    )
      return
    folded.set(`${keys[1]}/${keys[2]}`, data.slice(Number(data[0]) + 2))
  }
  for (const event of createGame({ namespaceOwner: OPERATOR }).genesis(contextOf({ block: 0 })))
    fold(event)
  let reverted = 0
  play(7, game, (events, block) => {
    for (const event of events) fold(event)
    if (block % REVERT_EVERY_BLOCKS !== 0) return
    const broken = { ...callOf('tick_autoregulator', {}), calldata: [1n] }
    const create = callOf('create_adventurer', { name: BigInt(block) })
    expect(() => game.execute([create, broken], contextOf({ block }))).toThrow('Input too long')
    reverted += 1
  })
  const stored = game
    .takeChangedRows()
    .map((row) => [`${row.modelSelector}/${row.entityId}`, row.values] as const)
  expect(new Map(stored)).toEqual(folded)
  expect(reverted).toBeGreaterThan(0)
})

test('the same seed gives the same events, felt by felt', () => {
  const transcript = (): EmittedEvent[] => {
    const all: EmittedEvent[] = []
    play(11, createGame({ namespaceOwner: OPERATOR }), (events) => all.push(...events))
    return all
  }
  expect(transcript()).toEqual(transcript())
})
