/**
 * Bots of this game: a player for each account, with the mix of personas of game.md §6.4. By which
 * strategy they choose is up to the caller.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { Act } from '../../act.ts'
import type { Ask } from '../../ask.ts'
import { createPlayer, type Deed, type Player } from '../../player.ts'
import { createRandom } from '../../random.ts'
import type { Strategy } from '../../strategy.ts'
import type { Candidate } from './candidates/candidate.ts'
import { createGraphqlObserver } from './graphql-observer.ts'
import { nameOf } from './names.ts'
import type { Observe } from './observation.ts'
import { gameOf } from './played-game.ts'
import type { Situation } from './situation.ts'
import type { UtilityMemory } from './utility/memory.ts'
import { type Persona, personasOf } from './utility/persona.ts'
import { createUtilityStrategy } from './utility/utility-strategy.ts'

export type BotsOptions<Memory> = Readonly<{
  /** One bot for each; each has to be one that commands can be signed for. */
  accounts: readonly Felt[]
  /** The same seed plays the same game, as far as the world and the strategy answer the same. */
  seed: number
  observe: Observe
  act: Act
  strategyOf: (persona: Persona) => Strategy<Situation, Candidate, Memory>
  /** Called after everything that was done. */
  onDeed?: ((deed: Deed) => void) | undefined
}>

/** Bots that see through the API and choose by the utility strategy. */
export const createUtilityBots = ({
  ask,
  ...options
}: Omit<BotsOptions<UtilityMemory>, 'observe' | 'strategyOf'> &
  Readonly<{ ask: Ask }>): readonly Player[] =>
  createBots({
    ...options,
    observe: createGraphqlObserver(ask),
    strategyOf: createUtilityStrategy,
  })

/** One player for each account, in their order. */
export const createBots = <Memory>(options: BotsOptions<Memory>): readonly Player[] => {
  const { accounts, seed, observe, act, strategyOf, onDeed } = options
  const personas = personasOf(accounts.length)
  return accounts.map((account, index) => {
    const persona = personas[index]
    if (persona === undefined) throw new FatalError(`Bot ${index} has no persona`)
    const name = nameOf(index)
    return createPlayer({
      account,
      game: gameOf({ account, name, temperament: persona, sightRadius: persona.sightRadius }),
      strategy: strategyOf(persona),
      observe,
      act,
      randomAt: (block) => createRandom(seed, index, block),
      onDeed,
    })
  })
}
