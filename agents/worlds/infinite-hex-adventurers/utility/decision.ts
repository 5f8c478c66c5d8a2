/**
 * What the utility strategy does with a ranking: takes the best candidate that can be paid for.
 * When the best one cannot be paid for yet but soon, it saves energy for it: only what is free is
 * done meanwhile, or items are turned into the energy that is missing. Pure.
 */
import type { EntrypointName } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { canPay } from '../../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import { blockWhenEnergyReaches } from '../../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import type { Candidate } from '../candidates/candidate.ts'
import type { LivingSituation } from '../situation.ts'
import type { Ranked } from './ranking.ts'

export type Decision = Readonly<{
  /** Index of the candidate that is done now; null for none. */
  index: number | null
  /** Key of the action that energy is saved for; null for none. */
  goal: string | null
  why: string
  /** When there will be something to do again, as far as is known; null otherwise. */
  readyBlock: number | null
}>

/** What a decision is made from, beside the ranking. */
export type DecidableTurn = Readonly<{
  situation: LivingSituation
  candidates: readonly Candidate[]
  lastAcceptedBlock: number
}>

/** Saving for something further away than this would be dreaming. */
const PATIENCE_BLOCKS = 260
/**
 * A bot that has nothing better to do has its regeneration written down, so that it can be seen to
 * live.
 */
const SILENT_BLOCKS_MAX = 80

export const decide = (ranking: readonly Ranked[], turn: DecidableTurn): Decision => {
  const { situation, candidates } = turn
  for (const option of ranking) {
    const payment = paymentFor(option.candidate, situation)
    switch (payment.kind) {
      case 'at once':
        return take(option, null)
      case 'after regenerating':
        return regenerateFor(option, candidates, situation.nextBlock)
      case 'after saving':
        return save({ option, readyBlock: payment.readyBlock }, ranking, turn)
      case 'too late':
        break
      default:
        return payment satisfies never
    }
  }
  return idle(turn, null)
}

/** When there is energy enough for a candidate. */
type Payment =
  | Readonly<{ kind: 'at once' | 'after regenerating' | 'too late' }>
  | Readonly<{ kind: 'after saving'; readyBlock: number }>

const paymentFor = (
  { spending, energy }: Candidate,
  { self, observation, nextBlock }: LivingSituation,
): Payment => {
  if (canPay({ spending, energy }, self, nextBlock)) return { kind: 'at once' }
  if (canPay({ spending: 'regenerated', energy }, self, nextBlock))
    return { kind: 'after regenerating' }
  const readyBlock = blockWhenEnergyReaches(energy, self, observation.block)
  return readyBlock === null || readyBlock - nextBlock > PATIENCE_BLOCKS
    ? { kind: 'too late' }
    : { kind: 'after saving', readyBlock }
}

const take = ({ index, candidate: { why } }: Ranked, goal: string | null): Decision => ({
  index,
  goal,
  why,
  readyBlock: null,
})

const regenerateFor = (
  { key, candidate: { why } }: Ranked,
  candidates: readonly Candidate[],
  nextBlock: number,
): Decision => ({
  index: callAmong(candidates, 'regenerate_energy')?.index ?? null,
  goal: key,
  why: `regenerate, then ${why}`,
  readyBlock: nextBlock,
})

/** What energy is saved for, and when there is enough. */
type Saving = Readonly<{ option: Ranked; readyBlock: number }>

const save = (saving: Saving, ranking: readonly Ranked[], turn: DecidableTurn): Decision => {
  const free = ranking.find(({ candidate }) => candidate.spending === 'free')
  return (
    convertFor(saving.option, turn) ??
    (free === undefined ? idle(turn, saving) : take(free, saving.option.key))
  )
}

/**
 * Turns items into the energy that is missing. Doing so in order to turn energy into items would be
 * running in a circle.
 */
const convertFor = (
  { key, candidate: { action, why } }: Ranked,
  { situation: { nextBlock }, candidates }: DecidableTurn,
): Decision | null => {
  const conversion = callAmong(candidates, 'convert_items_to_energy')
  if (conversion === null || action.entrypoint === 'start_harvesting') return null
  return {
    index: conversion.index,
    goal: key,
    why: `${conversion.why} to ${why}`,
    readyBlock: nextBlock,
  }
}

const idle = (
  { situation: { self, observation, nextBlock }, candidates, lastAcceptedBlock }: DecidableTurn,
  saving: Saving | null,
): Decision => {
  const goal = saving?.option.key ?? null
  const regeneration = callAmong(candidates, 'regenerate_energy')
  if (regeneration !== null && nextBlock - lastAcceptedBlock >= SILENT_BLOCKS_MAX)
    return { ...regeneration, goal, readyBlock: null }
  const ripe = self.reservations
    .map(({ readyBlock }) => readyBlock - 1)
    .filter((block) => block > observation.block)
  return {
    index: null,
    goal,
    why: saving === null ? 'nothing worth doing' : `save energy to ${saving.option.candidate.why}`,
    readyBlock: earliest([...(saving === null ? [] : [saving.readyBlock]), ...ripe]),
  }
}

const earliest = (blocks: readonly number[]): number | null =>
  blocks.length === 0 ? null : Math.min(...blocks)

/** The first candidate that makes this call; null when there is none. */
const callAmong = (
  candidates: readonly Candidate[],
  entrypoint: EntrypointName,
): Pick<Decision, 'index' | 'why'> | null => {
  const index = candidates.findIndex(({ action }) => action.entrypoint === entrypoint)
  const found = candidates[index]
  return found === undefined ? null : { index, why: found.why }
}
