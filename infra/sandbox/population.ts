/**
 * A seeded population that plays on the game itself: the utility policy with the mix of temperaments of game.md §6.4, a
 * block a round. It decides on what it saw at the end of the block before, as bots that play over the API do, and then
 * follows its plan (population-plan.ts) without looking around at every step. Bots that wait cost nothing.
 */
import type { Action } from '../../agents/candidate.ts'
import { nameOf, personasOf } from '../../agents/persona.ts'
import { afterAction, type Bot, type BotMemory, decide, EMPTY_MEMORY } from '../../agents/policy.ts'
import { createRandom, type Random } from '../../agents/random.ts'
import { FatalError } from '../../domain/errors.ts'
import { type Felt, feltOfShortString } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers.ts'
import { entrypointsOf } from '../../schemas/worlds/calls.ts'
import { encodeCalldata } from '../../schemas/worlds/encode.ts'
import { selectorsOf } from '../../schemas/worlds/selectors.ts'
import type { Call, EmittedEvent, StoredRow } from './game.ts'
import { followingStep, workAfter, workToBegin } from './population-plan.ts'
import { createPopulationView, keylessAccount, type PopulationView } from './population-view.ts'

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

type Player = {
  readonly account: Felt
  readonly bot: Bot
  memory: BotMemory
  /** What its plan wants it to do at its next visit; null when there is nothing planned. */
  planned: Action | null
  /** Its last action and whether the game accepted it, until the plan has taken notice. */
  ended: Readonly<{ action: Action; accepted: boolean }> | null
  /** The work that it may go on with. */
  work: Action | null
  /** When the plan has come to its end, it decides anew at the end of this block. */
  decidesAt: number
}

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

/** A bot with nothing to do waits this many times as long as the policy would: visits are what costs most. */
const patience = 3

const playersOf = (bots: number): readonly Player[] =>
  personasOf(bots).map((persona, index) => ({
    account: keylessAccount(index),
    bot: { persona, name: feltOfShortString(nameOf(index)) as Felt }, // names are short and ASCII
    memory: EMPTY_MEMORY,
    planned: null,
    ended: null,
    work: null,
    decidesAt: 0,
  }))

/** Whom to visit at the end of which block. Blocks go by one after the other. */
const createAgenda = () => {
  const visits = new Map<number, number[]>()
  return {
    add: (block: number, index: number): void => {
      const known = visits.get(block)
      if (known === undefined) visits.set(block, [index])
      else known.push(index)
    },
    /** Everybody due at the end of this block, in their own order. */
    take: (block: number): readonly number[] => {
      const due = visits.get(block) ?? []
      visits.delete(block)
      return due.sort((a, b) => a - b)
    },
  }
}

/** What a bot does that looks around and decides: work at hand comes first, else the policy has its say. */
const decideAnew = (player: Player, view: PopulationView, random: Random, block: number): Action | null => {
  const { account, bot, memory } = player
  const { adventurerId, position, watched } = memory
  const observation = view.observe({ account, adventurerId, position, radius: bot.persona.sightRadius, watched }, block)
  const decision = decide(bot, observation, memory, random)
  player.memory = decision.memory
  const waitBlocks = Math.max(1, decision.waitUntilBlock - block)
  player.decidesAt = block + (decision.action === null ? waitBlocks * patience : waitBlocks)
  return workToBegin(observation, bot.persona, view, random) ?? decision.action
}

/** `bots` players, all from the same seed. They join over the first `joinBlocks` blocks. */
export const createPopulation = (seed: number, bots: number, joinBlocks: number): Population => {
  const view = createPopulationView()
  const players = playersOf(bots)
  const agenda = createAgenda()
  for (const index of players.keys()) agenda.add(Math.floor((index * joinBlocks) / bots), index)

  /** What a visited bot does now. When it does nothing, its next visit is on the agenda. */
  const actionOf = (player: Player, index: number, block: number): Action | null => {
    const { ended, memory, planned, work } = player
    player.ended = null
    player.planned = null
    if (planned !== null) return planned
    const random = createRandom(seed, index, block)
    const self = memory.adventurerId
    const step = ended === null || self === null ? null : followingStep({ self, work, ended }, view, random)
    if (step !== null) {
      if (step.afterBlocks <= 1) return step.action
      player.planned = step.action
      agenda.add(block + step.afterBlocks - 1, index)
      return null
    }
    const action = player.decidesAt > block ? null : decideAnew(player, view, random, block)
    if (action === null) agenda.add(player.decidesAt, index)
    return action
  }
  return {
    deeds: (block) =>
      agenda.take(block).flatMap((index): Deed[] => {
        const player = players[index] as Player // the agenda has indices of the list
        const action = actionOf(player, index, block)
        if (action === null) return []
        agenda.add(block + 1, index)
        return [{ bot: index, account: player.account, action, call: callOf(action) }]
      }),
    settle: ({ action, bot }, block, events) => {
      const player = players[bot] as Player // the deed is one of ours
      const accepted = isAccepted(action, events)
      player.memory = afterAction(player.memory, action, { accepted, block })
      player.work = workAfter(player.work, action, accepted)
      player.ended = { action, accepted }
    },
    see: view.apply,
  }
}
