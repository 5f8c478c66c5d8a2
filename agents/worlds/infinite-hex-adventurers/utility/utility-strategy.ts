/**
 * The utility policy: plays without a language model, and is the control group for agents that have
 * one. Observe, list what is legal with cost and worth, choose (game.md §6.2). Pure: the same
 * observation, memory and randomness give the same decision. What it chooses is legal as far as the
 * observation tells; the game has the last word.
 */
import type { Felt } from '../../../../domain/felt.ts'
import { type Cube, ORIGIN } from '../../../../domain/hex.ts'
import { blockWhenEnergyReaches } from '../../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import type { Random } from '../../../random.ts'
import { type Action, actionKey, type Candidate, type Situation } from '../candidates/candidate.ts'
import { contendingCandidates } from '../candidates/contending.ts'
import { exploringCandidates } from '../candidates/exploring.ts'
import { conversionCandidates, farmingCandidates, isFertile } from '../candidates/farming.ts'
import { type Observation, type SeenSelf, WATCHED_HEXES_MAX } from '../observation.ts'
import type { Persona } from './persona.ts'

/**
 * What a bot carries from decision to decision. All of it can be found again by observing; losing
 * it costs little.
 */
export type BotMemory = Readonly<{
  adventurerId: Felt | null
  position: Cube
  /** A hex of its own with plants, to which it keeps. */
  home: Felt | null
  /** Hexes that it controls or claims, newest first. */
  watched: readonly Felt[]
  /** Key of the action that it saves energy for. */
  goal: string | null
  /** Block of its last action that the game accepted; 0 before the first. */
  lastAcceptedBlock: number
  /** Actions that were refused, by key, until the given block. */
  avoided: Readonly<Record<string, number>>
}>

export const EMPTY_MEMORY: BotMemory = {
  adventurerId: null,
  position: ORIGIN,
  home: null,
  watched: [],
  goal: null,
  lastAcceptedBlock: 0,
  avoided: {},
}

export type Bot = Readonly<{
  persona: Persona /** Name of the adventurer that it creates. */
  name: Felt
}>

/** `waitUntilBlock`: the first block at whose end it wants to decide again. */
export type Decision = Readonly<{
  memory: BotMemory
  waitUntilBlock: number
  why: string
  action: Action | null
}>

/** Below this worth, waiting is better. */
const UTILITY_MIN = 3
/** A goal is kept until something is this much better. */
const GOAL_BONUS = 1.25
/** Ties and near ties are broken by chance, within this share. */
const JITTER = 0.06
/** Saving for something further away than this would be dreaming. */
const PATIENCE_BLOCKS = 260
/**
 * A bot that has nothing better to do has its regeneration written down, so that it can be seen to
 * live.
 */
const SILENT_BLOCKS_MAX = 80
const WAIT_BLOCKS_MAX = 40
const DEAD_WAIT_BLOCKS = 10_000
const AVOID_BLOCKS = 60

/** What the bot does at the end of the observed block. */
export const decide = (
  bot: Bot,
  observation: Observation,
  memory: BotMemory,
  random: Random,
): Decision => {
  const { self, block } = observation
  if (self === null) {
    const action: Action = { entrypoint: 'create_adventurer', args: { name: bot.name } }
    return { action, memory, waitUntilBlock: block + 1, why: 'come into the world' }
  }
  if (!self.isAlive)
    return { action: null, memory, waitUntilBlock: block + DEAD_WAIT_BLOCKS, why: 'dead' }
  const situation = situationOf(bot.persona, self, observation, memory)
  const remembered = remember(situation, memory)
  const choice = choose(situation, remembered, random)
  const pause = choice.action === null ? WAIT_BLOCKS_MAX : paceOf(bot.persona, random)
  const waitUntilBlock = Math.max(
    block + 1,
    Math.min(block + pause, choice.readyBlock ?? Number.POSITIVE_INFINITY),
  )
  return {
    action: choice.action,
    why: choice.why,
    memory: { ...remembered, goal: choice.goal },
    waitUntilBlock,
  }
}

const paceOf = ({ paceBlocks: [least, most] }: Persona, random: Random): number =>
  least + Math.floor(random() * (most - least + 1))

const situationOf = (
  persona: Persona,
  self: SeenSelf,
  observation: Observation,
  { home }: BotMemory,
): Situation => ({
  persona,
  self,
  observation,
  nextBlock: observation.block + 1,
  hexesById: new Map(observation.hexes.map((hex) => [hex.packed, hex])),
  home,
})

const remember = (situation: Situation, memory: BotMemory): BotMemory => {
  const { self, observation, nextBlock } = situation
  const { here, hexes } = observation
  const isMine = here.decay?.ownerId === self.id
  const leftHome = memory.home === here.packed && !(isMine && isFertile(situation))
  const foundHome = memory.home === null && isMine && isFertile(situation)
  const concerning = hexes
    .filter(({ decay, claim }) => decay?.ownerId === self.id || claim?.claimantId === self.id)
    .map(({ packed }) => packed)
  const watched = [
    ...new Set([...concerning, ...memory.watched.filter((packed) => !isSeen(hexes, packed))]),
  ]
  return {
    ...memory,
    adventurerId: self.id,
    position: self.cube,
    home: leftHome ? null : foundHome ? here.packed : memory.home,
    watched: watched.slice(0, WATCHED_HEXES_MAX),
    avoided: Object.fromEntries(
      Object.entries(memory.avoided).filter(([, until]) => until > nextBlock),
    ),
  }
}

const isSeen = (hexes: Observation['hexes'], packed: Felt): boolean =>
  hexes.some((hex) => hex.packed === packed)

type Choice = Readonly<{
  action: Action | null
  goal: string | null
  why: string
  readyBlock: number | null
}>

type Ranked = Readonly<{ candidate: Candidate; key: string; score: number }>

const ranked = (
  candidates: readonly Candidate[],
  memory: BotMemory,
  random: Random,
): readonly Ranked[] =>
  candidates
    .map((candidate) => {
      const key = actionKey(candidate.action)
      const kept = key === memory.goal ? GOAL_BONUS : 1
      return { candidate, key, score: candidate.utility * kept * (1 + JITTER * random()) }
    })
    .filter(
      ({ key, candidate }) => candidate.utility >= UTILITY_MIN && memory.avoided[key] === undefined,
    )
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))

/**
 * Takes the best candidate that can be paid for. When the best one cannot be paid for yet but soon,
 * energy is saved for it: only what is free is done meanwhile, or items are turned into the energy
 * that is missing.
 */
const choose = (situation: Situation, memory: BotMemory, random: Random): Choice => {
  const { self, nextBlock, observation } = situation
  const candidates = [
    ...farmingCandidates(situation),
    ...contendingCandidates(situation),
    ...exploringCandidates(situation),
  ]
  let saving: Ranked | null = null
  let savedBlock: number | null = null
  for (const option of ranked(candidates, memory, random)) {
    const { action, energy, spending, why } = option.candidate
    if (spending === 'free') return { action, goal: saving?.key ?? null, why, readyBlock: null }
    if (saving !== null) continue
    if (energy <= self.energy) return { action, goal: null, why, readyBlock: null }
    if (energy <= self.effectiveEnergy) {
      if (spending === 'regenerated') return { action, goal: null, why, readyBlock: null }
      return {
        ...regeneration(self, `regenerate, then ${why}`),
        goal: option.key,
        readyBlock: nextBlock,
      }
    }
    const readyBlock = blockWhenEnergyReaches(energy, self, observation.block)
    if (readyBlock === null || readyBlock - nextBlock > PATIENCE_BLOCKS) continue
    saving = option
    savedBlock = readyBlock
    const [conversion] = conversionCandidates(situation, energy)
    // Turning items into energy in order to turn energy into items would be running in a circle.
    if (conversion !== undefined && action.entrypoint !== 'start_harvesting') {
      return {
        action: conversion.action,
        goal: option.key,
        why: `${conversion.why} to ${why}`,
        readyBlock: nextBlock,
      }
    }
  }
  const goal = saving?.key ?? null
  if (nextBlock - memory.lastAcceptedBlock >= SILENT_BLOCKS_MAX) {
    return { ...regeneration(self, 'have regeneration written down'), goal, readyBlock: null }
  }
  const ripe = self.reservations
    .map(({ readyBlock }) => readyBlock - 1)
    .filter((block) => block > observation.block)
  const why = saving === null ? 'nothing worth doing' : `save energy to ${saving.candidate.why}`
  return { action: null, goal, why, readyBlock: earliest([savedBlock, ...ripe]) }
}

const earliest = (blocks: readonly (number | null)[]): number | null =>
  blocks.reduce<number | null>(
    (first, block) => (block !== null && (first === null || block < first) ? block : first),
    null,
  )

const regeneration = ({ id }: SeenSelf, why: string): Pick<Choice, 'action' | 'why'> => ({
  action: { entrypoint: 'regenerate_energy', args: { adventurer_id: id } },
  why,
})

/** How an action ended: the block of its end, and whether the game accepted it. */
export type ActionOutcome = Readonly<{ accepted: boolean; block: number }>

/**
 * What the bot takes with it from an action that has ended. A refused one is not tried again for a
 * while.
 */
export const afterAction = (
  memory: BotMemory,
  action: Action,
  { accepted, block }: ActionOutcome,
): BotMemory =>
  accepted
    ? { ...memory, lastAcceptedBlock: Math.max(block, memory.lastAcceptedBlock) }
    : {
        ...memory,
        goal: null,
        avoided: { ...memory.avoided, [actionKey(action)]: block + AVOID_BLOCKS },
      }
