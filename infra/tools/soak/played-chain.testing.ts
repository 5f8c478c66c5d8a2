/**
 * A chain in memory whose blocks hold what the game really emits: seeded players, crowded on two
 * hexes.
 */
import { createRandom } from '../../../agents/random.ts'
import { type Felt, feltOf } from '../../../domain/felt.ts'
import { createTestChain, type TestChain } from '../../../ingest/test-chain.testing.ts'
import type { WorldEventFelts } from '../../../schemas/worlds/decode.ts'
import type { EmittedEvent } from '../../sandbox/chain/game.ts'
import { createGame } from '../../sandbox/game/create-game.ts'
import { createCrowdedPlay, type Play } from '../../sandbox/game/crowded-play.testing.ts'
import { contextOf, decodeEmitted, OPERATOR } from '../../sandbox/game/scenario.testing.ts'

export type PlayedChainOptions = Readonly<{
  seed: number
  /** Transactions after those in which everybody is born. Blocks in which nobody acts are empty. */
  plays: number
}>

// Whatever the game emits is in the field.
const felt = (value: bigint): Felt => feltOf(value) as Felt

const feltsOf = ({ keys, data }: EmittedEvent): WorldEventFelts => ({
  keys: keys.map(felt),
  data: data.map(felt),
})

/** The same options give the same chain, felt by felt. */
export const playedChain = ({ seed, plays }: PlayedChainOptions): TestChain => {
  const chain = createTestChain()
  const game = createGame({ namespaceOwner: OPERATOR })
  const crowd = createCrowdedPlay(createRandom(seed))
  let transactions: (readonly WorldEventFelts[])[] = []

  const mineTo = (block: number): void => {
    while (chain.blocks.length < block) {
      chain.mine(...transactions)
      transactions = []
    }
  }
  const take = ({ calls, by, block }: Play): void => {
    mineTo(block)
    const events = game.execute(calls, contextOf({ block, by })).flatMap((result) => result.events)
    crowd.see(events.map(decodeEmitted))
    if (events.length > 0) transactions.push(events.map(feltsOf))
  }

  chain.mine(game.genesis(contextOf({ block: 0 })).map(feltsOf))
  crowd.opening.forEach(take)
  for (let play = 0; play < plays; play += 1) take(crowd.next())
  mineTo(chain.blocks.length + 1)
  return chain
}
