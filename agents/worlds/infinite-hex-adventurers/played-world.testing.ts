/**
 * Bots that play the sandbox's game in lockstep, a block a round, and what came of it. The same
 * seed plays the same game.
 */
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { type Felt, feltOfNumber } from '../../../domain/felt.ts'
import { worldStream } from '../../../domain/world-stream/facts.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { runLockstepRound } from '../../../infra/agents/lockstep.testing.ts'
import type { Deed } from '../../player.ts'
import type { Strategy } from '../../strategy.ts'
import { createBots } from './bots.ts'
import type { Candidate } from './candidates/candidate.ts'
import { createFoldedObserver } from './folded-observer.testing.ts'
import { createFoldedRows, type FoldedRows } from './folded-rows.testing.ts'
import type { Observe } from './observation.ts'
import type { Situation } from './situation.ts'
import { createSteppedGame, type MadeBlock, type SteppedGame } from './stepped-game.testing.ts'
import type { Persona } from './utility/persona.ts'

/** The game with its read models in memory. */
export type FoldedGame = SteppedGame &
  Readonly<{
    rows: FoldedRows
    observe: Observe
    /** Number of the newest block; null before genesis. */
    head: () => number | null
    /** Every fact so far, as the log would hold it. */
    facts: readonly RecordedEvent[]
  }>

/** A folded game; `alsoTake` is called with every block, too. */
export const createFoldedGame = (
  seed: number,
  alsoTake: (block: MadeBlock) => void | Promise<void> = () => {},
): FoldedGame => {
  const rows = createFoldedRows()
  const facts: RecordedEvent[] = []
  let head: number | null = null
  const game = createSteppedGame({
    seed,
    onBlock: async (block) => {
      const events = block.events.map((event, at) => ({
        ...event,
        stream: worldStream(game.world),
        revision: facts.length + at,
        logPosition: facts.length + at,
        recordedAt: new Date(0),
      }))
      facts.push(...events)
      rows.take(events)
      await alsoTake(block)
      head = block.header.number
    },
  })
  const headNow = (): number | null => head
  return { ...game, rows, observe: createFoldedObserver(rows, headNow), head: headNow, facts }
}

/** A deed of the bot with this index. */
export type PlayedDeed = Deed & Readonly<{ bot: number }>

export type Play = Readonly<{
  deeds: readonly PlayedDeed[]
  facts: readonly RecordedEvent[]
  /** How often the bots looked at the world, and decided. */
  looks: number
  /** See SteppedGame. */
  faults: readonly string[]
}>

export type PlayOptions<Memory> = Readonly<{
  seed: number
  bots: number
  blocks: number
  strategyOf: (persona: Persona) => Strategy<Situation, Candidate, Memory>
  /** Default: the observer on the rows in memory. */
  observe?: Observe
  game?: FoldedGame
}>

/** The account of the bot with this index. */
const accountOf = (bot: number): Felt => feltOfNumber(0xb0 + bot)

/** Plays so many blocks after genesis. */
export const play = async <Memory>(options: PlayOptions<Memory>): Promise<Play> => {
  const { seed, bots, blocks, strategyOf, game = createFoldedGame(seed) } = options
  const { observe = game.observe } = options
  const { signal } = new AbortController()
  const accounts = Array.from({ length: bots }, (_, bot) => accountOf(bot))
  const deeds: PlayedDeed[] = []
  let looks = 0
  const players = createBots({
    accounts,
    seed,
    observe: (query, aborted) => {
      looks += 1
      return observe(query, aborted)
    },
    act: game.act,
    strategyOf,
    onDeed: (deed) => deeds.push({ ...deed, bot: accounts.indexOf(deed.account) }),
  })
  const chain = { generateBlock: game.generateBlock, reached: async () => {} }
  let head = await game.generateBlock()
  while (head < blocks) head = await runLockstepRound(players, chain, head, signal)
  return { deeds, facts: game.facts, looks, faults: game.faults }
}

/** Game events, without the writes of rows and the headers of blocks. */
export const gameEventsOf = ({ facts }: Play): readonly RecordedEvent[] =>
  facts.filter(({ type }) => type in infiniteHexAdventurers.events)
