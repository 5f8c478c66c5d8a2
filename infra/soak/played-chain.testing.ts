/** A chain in memory whose blocks hold what the game really emits: seeded random players, a few calls a block. */
import { createRandom } from '../../agents/random.ts'
import { type Felt, feltOf } from '../../domain/felt.ts'
import { createTestChain, type TestChain } from '../../ingest/test-chain.testing.ts'
import type { WorldEventFelts } from '../../schemas/worlds/decode.ts'
import { createGame } from '../sandbox/game/create-game.ts'
import { PLAYERS, randomCall } from '../sandbox/game/random-play.testing.ts'
import { callOf, contextOf, decodeEmitted, OPERATOR, ORIGIN_HEX } from '../sandbox/game/scenario.testing.ts'
import type { Call, EmittedEvent } from '../sandbox/game.ts'

export type PlayedChainOptions = Readonly<{
  seed: number
  /** Blocks with events: the first creates the adventurers, each further one is a round of calls. */
  rounds: number
  callsPerRound: number
  /** Blocks without events after each round; game time passes, and the log hears nothing of them. */
  emptyBlocksBetween: number
}>

const felt = (value: bigint): Felt => feltOf(value) as Felt // whatever the game emits is in the field

const feltsOf = ({ keys, data }: EmittedEvent): WorldEventFelts => ({ keys: keys.map(felt), data: data.map(felt) })

const isWrite = (event: EmittedEvent): boolean => !decodeEmitted(event).name.startsWith('*')

const TRIES_MAX = 500

/** The same options give the same chain, felt by felt. */
export const playedChain = ({ seed, rounds, callsPerRound, emptyBlocksBetween }: PlayedChainOptions): TestChain => {
  const chain = createTestChain()
  const game = createGame({ namespaceOwner: OPERATOR })
  const random = createRandom(seed)
  const standing = new Map<unknown, bigint>()

  const execute = (call: Call, by: bigint): readonly EmittedEvent[] => {
    const events = game
      .execute([call], contextOf({ block: chain.blocks.length, by }))
      .flatMap((result) => result.events)
    for (const { name, fields } of events.map(decodeEmitted)) {
      if (name === 'Adventurer') standing.set(fields.adventurer_id, fields.current_hex as bigint) // as the row has it
    }
    return events
  }
  /** What one call emitted that changed something; most random ones are refused. */
  const effectiveCall = (): readonly WorldEventFelts[] => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const { call, by } = randomCall(random, (id) => standing.get(id) ?? ORIGIN_HEX)
      const events = execute(call, by)
      if (events.some(isWrite)) return events.map(feltsOf)
    }
    throw new Error(`Nothing happened in ${TRIES_MAX} calls from seed ${seed}`)
  }
  const pass = (): void => {
    for (let block = 0; block < emptyBlocksBetween; block += 1) chain.mine()
  }

  chain.mine(game.genesis(contextOf({ block: 0 })).map(feltsOf))
  chain.mine(...PLAYERS.map(({ owner, name }) => execute(callOf('create_adventurer', { name }), owner).map(feltsOf)))
  pass()
  for (let round = 1; round < rounds; round += 1) {
    chain.mine(...Array.from({ length: callsPerRound }, effectiveCall))
    pass()
  }
  return chain
}
