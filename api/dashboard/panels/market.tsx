/**
 * The market strip: what a unit of each item turns into, and how recent conversions press on it.
 */
import type { JSX } from 'preact'
import { blockDistance, counted } from '../format/numbers.ts'
import { headBlockOf } from '../state/app-state.ts'
import { figuresWhen } from '../state/standing.ts'
import { useAppState } from './context.ts'
import { Item, Spark } from './pieces.tsx'

const RATES_SHOWN = 40

/** Items with their rates and, where they moved, the course of these. */
export const Market = (): JSX.Element => {
  const rates = useAppState((state) => state.rates)
  const samples = useAppState((state) => state.rateSamples)
  const head = useAppState(headBlockOf)
  const when = useAppState(figuresWhen)
  return (
    <section class="market" aria-label="Market">
      <h2>Energy per unit{when === null ? '' : `, ${when}`}</h2>
      {rates.length === 0 ? (
        <p class="empty">nothing was converted yet; every item begins at 10</p>
      ) : null}
      <ul>
        {rates.slice(0, RATES_SHOWN).map((rate) => {
          const fallen = rate.effectiveRate < rate.baseRate
          const title =
            `${counted(rate.unitsInWindow, 'unit')} lately, ${rate.penaltyBp / 100} % off, base ${rate.baseRate}; ` +
            `last conversion ${rate.lastConversionBlock === null ? 'at no block' : blockDistance(rate.lastConversionBlock, head)}`
          return (
            <li key={rate.itemId} title={title}>
              <span class="item">
                <Item id={rate.itemId} />
              </span>
              <span class={fallen ? 'number fallen' : 'number'}>
                {fallen ? '▾ ' : ''}
                {rate.effectiveRate}
              </span>
              {(samples[rate.itemId]?.length ?? 0) > 2 ? (
                <Spark samples={samples[rate.itemId] ?? []} width={38} />
              ) : null}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
