/**
 * The order of a call's guards: everything is wrong at first, and each step up repairs what the
 * call complained about.
 */
import { expect } from 'vitest'
import type { EntrypointName } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { CallRowOf } from '../row-codec.ts'
import { createScenario, type Emitted, type Outcome, type Scenario } from '../scenario.testing.ts'

/**
 * A step repairs rows or arguments and says how the call is refused next; null when it succeeds.
 */
export type Rung<E extends EntrypointName> = Readonly<{
  repair?: (scenario: Scenario) => void
  args?: Partial<CallRowOf<E>>
  /** The reason of the rejection, or silence. */
  refused: string | 'in silence' | null
  /** What a refused call answers; 0 when absent. */
  answers?: bigint
}>

export type Ladder<E extends EntrypointName> = Readonly<{
  args: CallRowOf<E>
  block: number
  /**
   * The rejection that is emitted for a reason (as a short string); absent where all refusals are
   * silent.
   */
  rejection?: (reason: bigint) => Emitted
  rungs: readonly Rung<E>[]
}>

/**
 * Climbs all rungs and returns the outcome of the last one, which has to succeed; the refusals
 * before it have to write nothing.
 */
export const climb = <E extends EntrypointName>(entrypoint: E, ladder: Ladder<E>): Outcome => {
  const scenario = createScenario()
  let args = ladder.args
  for (const { repair, args: repaired, refused, answers = 0n } of ladder.rungs) {
    repair?.(scenario)
    args = { ...args, ...repaired }
    scenario.game.takeChangedRows()
    const outcome = scenario.call(entrypoint, args, { block: ladder.block })
    if (refused === null) return outcome
    const emitted = refused === 'in silence' ? [] : [ladder.rejection?.(shortString(refused))]
    expect(outcome.emitted, `refused ${refused}`).toEqual(emitted)
    expect(outcome.returned, `refused ${refused}`).toEqual([answers])
    expect(scenario.game.takeChangedRows()).toEqual([])
  }
  throw new Error('The last rung is to succeed')
}
