/**
 * A seeded population that plays on the game itself: the utility policy with the mix of temperaments of game.md §6.4, a
 * block a round. It decides on what it saw at the end of the block before, as bots that play over the API do.
 */
import type { Action } from '../../agents/candidate.ts'
import { nameOf, personasOf } from '../../agents/persona.ts'
import { afterAction, type Bot, type BotMemory, decide, EMPTY_MEMORY } from '../../agents/policy.ts'
import { createRandom } from '../../agents/random.ts'
import { FatalError } from '../../domain/errors.ts'
import { type Felt, feltOfShortString } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers.ts'
import { entrypointsOf } from '../../schemas/worlds/calls.ts'
import { encodeCalldata } from '../../schemas/worlds/encode.ts'
import { selectorsOf } from '../../schemas/worlds/selectors.ts'
import type { Call, EmittedEvent, StoredRow } from './game.ts'
import { createPopulationView, keylessAccount } from './population-view.ts'

/** What a bot does in a block. */
export type Deed = Readonly<{ bot: number; account: Felt; action: Action; call: Call }>

export type Population = Readonly<{
  /** What the bots do in the block after this one. */
  deeds: (block: number) => readonly Deed[]
  /** What came of a deed: the events of its call, none when it was reverted. */
  settle: (deed: Deed, block: number, events: readonly EmittedEvent[]) => void
  /** Rows that a block changed. */
  see: (rows: Iterable<StoredRow>) => void
}>

type Player = { readonly account: Felt; readonly bot: Bot; memory: BotMemory }

/** Events that say that a call was taken or refused, by entrypoint. */
type Verdict = Readonly<{ confirming: bigint; rejecting: bigint | null }>

const verdicts = (): ReadonlyMap<string, Verdict> => {
  const { contracts } = infiniteHexAdventurers
  const { events, models } = selectorsOf(infiniteHexAdventurers)
  const selector = (found: string | undefined): bigint => {
    if (found === undefined)
      throw new FatalError('A call is confirmed or rejected by an event that is not of the world')
    return BigInt(found)
  }
  return new Map(
    [...entrypointsOf(infiniteHexAdventurers)].map(([entrypoint, { contract, definition }]) => {
      const { confirmedBy } = definition
      const { rejectedBy } = contracts[contract as keyof typeof contracts] as Readonly<{ rejectedBy?: string | null }>
      return [
        entrypoint,
        {
          confirming: selector('event' in confirmedBy ? events[confirmedBy.event] : models[confirmedBy.model]),
          rejecting: rejectedBy == null ? null : selector(events[rejectedBy]),
        },
      ]
    }),
  )
}

const VERDICTS = verdicts()

/** A refusal counts before a write: refused calls may write rows too. */
const isAccepted = ({ entrypoint }: Action, events: readonly EmittedEvent[]): boolean => {
  const verdict = VERDICTS.get(entrypoint)
  const isOf = (selector: bigint) => events.some(({ keys }) => keys[1] === selector)
  if (verdict === undefined || (verdict.rejecting !== null && isOf(verdict.rejecting))) return false
  return isOf(verdict.confirming)
}

const callOf = ({ entrypoint, args }: Action): Call => {
  const call = entrypointsOf(infiniteHexAdventurers).get(entrypoint)
  if (call === undefined) throw new FatalError(`The policy chose ${entrypoint}, which the world does not have`)
  const calldata = encodeCalldata(infiniteHexAdventurers, entrypoint, args).map(BigInt)
  return { to: BigInt(call.address), selector: BigInt(call.selector), calldata }
}

/** `bots` players, all from the same seed. They join over the first `joinBlocks` blocks. */
export const createPopulation = (seed: number, bots: number, joinBlocks: number): Population => {
  const view = createPopulationView()
  const players = personasOf(bots).map(
    (persona, index): Player => ({
      account: keylessAccount(index),
      bot: { persona, name: feltOfShortString(nameOf(index)) as Felt }, // names are short and ASCII
      memory: EMPTY_MEMORY,
    }),
  )
  /** Who decides at the end of which block. */
  const agenda = new Map<number, number[]>()
  const plan = (block: number, index: number): void => {
    const planned = agenda.get(block)
    if (planned === undefined) agenda.set(block, [index])
    else planned.push(index)
  }
  for (const index of players.keys()) plan(Math.floor((index * joinBlocks) / bots), index)

  const decideFor = (index: number, block: number): Deed[] => {
    const player = players[index] as Player // indices of the list itself
    const { account, bot, memory } = player
    const { adventurerId, position, watched } = memory
    const query = { account, adventurerId, position, radius: bot.persona.sightRadius, watched }
    const decision = decide(bot, view.observe(query, block), memory, createRandom(seed, index, block))
    player.memory = decision.memory
    plan(Math.max(decision.waitUntilBlock, block + 1), index)
    return decision.action === null
      ? []
      : [{ bot: index, account, action: decision.action, call: callOf(decision.action) }]
  }
  return {
    deeds: (block) => {
      const due = agenda.get(block) ?? []
      agenda.delete(block)
      return due.sort((a, b) => a - b).flatMap((index) => decideFor(index, block))
    },
    settle: ({ action, bot }, block, events) => {
      const player = players[bot] as Player // the deed is one of ours
      player.memory = afterAction(player.memory, action, { accepted: isAccepted(action, events), block })
    },
    see: view.apply,
  }
}
