/**
 * What is known of one adventurer: energy, where and how busy it is, what it carries, and what it
 * did.
 */

import type { JSX } from 'preact'
import { blockOrNever } from '../../../domain/block-number.ts'
import { blockWhenEnergyReaches } from '../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import { counted, grouped } from '../format/numbers.ts'
import { shownBlockOf } from '../state/app-state.ts'
import type { AdventurerDetail } from '../state/world-types.ts'
import { ActAsSelf } from './act.tsx'
import { useAppState, useAt } from './context.ts'
import { History, useHistory } from './history.tsx'
import { Bar, Copy, Fact, InBlocks, Item, Where, Who } from './pieces.tsx'
import { useAdventurer } from './use-adventurer.ts'

const FOREVER = 2n ** 64n - 1n

const Busy = ({ until, now }: { until: string; now: number }): JSX.Element => {
  const block = BigInt(until)
  if (block === FOREVER) return <>in a mine, until it comes out</>
  if (block <= BigInt(now)) return <>free</>
  return (
    <>
      busy, free <InBlocks block={Number(block)} now={now} />
    </>
  )
}

const Fate = ({ death, now }: { death: AdventurerDetail['death']; now: number }): JSX.Element =>
  death === null ? (
    <>dead</>
  ) : (
    <>
      died <InBlocks block={death.block} now={now} />
      {death.cause === '' ? '' : `: ${death.cause}`}
    </>
  )

const Energy = ({
  adventurer,
  now,
}: {
  adventurer: AdventurerDetail
  now: number
}): JSX.Element => {
  const { energy, effectiveEnergy, maxEnergy, economics } = adventurer
  const full =
    economics === null || effectiveEnergy >= maxEnergy
      ? null
      : blockWhenEnergyReaches(
          maxEnergy,
          { energy, maxEnergy, lastRegenBlock: blockOrNever(economics.lastRegenBlock) },
          now,
        )
  return (
    <>
      <Bar value={effectiveEnergy} max={maxEnergy} kind="energy" label="Energy" />
      <dl>
        <Fact name="Energy">
          {effectiveEnergy} of {maxEnergy}
          {energy === effectiveEnergy ? null : (
            <span class="faint"> once regenerated; {energy} on chain</span>
          )}
        </Fact>
        {full === null ? null : (
          <Fact name="Full">
            <InBlocks block={full} now={now} />
          </Fact>
        )}
        {economics === null ? null : (
          <Fact name="Ever spent">
            {grouped(BigInt(economics.totalEnergySpent))}
            <span class="faint"> · earned {grouped(BigInt(economics.totalEnergyEarned))}</span>
          </Fact>
        )}
      </dl>
    </>
  )
}

const Backpack = ({ adventurer }: { adventurer: AdventurerDetail }): JSX.Element | null => {
  const { inventory } = adventurer
  if (inventory === null) return null
  return (
    <>
      <h3>
        Backpack{' '}
        <span class="faint">
          {grouped(inventory.weight)} of {grouped(inventory.maxWeight)}
        </span>
      </h3>
      <Bar value={inventory.weight} max={inventory.maxWeight} kind="load" label="Weight" />
      <ul class="items">
        {inventory.items.map((item) => (
          <li key={item.id}>
            <Item id={item.id} />
            <span class="number">{grouped(item.quantity)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

const Harvests = ({
  adventurer,
  now,
}: {
  adventurer: AdventurerDetail
  now: number
}): JSX.Element | null =>
  adventurer.reservations.length === 0 ? null : (
    <>
      <h3>Harvests under way</h3>
      <ul class="here">
        {adventurer.reservations.map(({ id, hex, amount, readyBlock }) => (
          <li key={id}>
            <span>
              {counted(amount, 'unit')} {hex === null ? null : <Where hex={hex} />}
            </span>
            <span class="faint">
              ready <InBlocks block={readyBlock} now={now} />
            </span>
          </li>
        ))}
      </ul>
    </>
  )

/** The card of an adventurer, as of the block that is looked at. */
export const AdventurerCard = ({ id }: { id: string }): JSX.Element => {
  const { data: adventurer, trouble, turn } = useAdventurer(id)
  const shown = useAppState((state) => state.shown)
  const now = useAppState(shownBlockOf)
  const at = useAt()
  const history = useHistory(`adventurer ${id} ${shown}`, turn, {
    adventurer: id,
    ...at,
  })
  if (trouble !== null && adventurer === null) return <p class="trouble">{trouble}</p>
  if (adventurer === null) {
    return <p class="empty">{turn === 'absent' ? 'There is no such adventurer.' : 'Reading…'}</p>
  }
  return (
    <>
      {trouble === null ? null : <p class="trouble">{trouble}</p>}
      <header class="card-title">
        <div>
          <h2 class="name">
            <Who id={id} />
          </h2>
          <p class="faint">
            {adventurer.isAlive ? (
              <Busy until={adventurer.lockedUntilBlock} now={now} />
            ) : (
              <Fate death={adventurer.death} now={now} />
            )}{' '}
            · at <Where hex={adventurer.coordinate} />
          </p>
        </div>
      </header>
      <Energy adventurer={adventurer} now={now} />
      <Harvests adventurer={adventurer} now={now} />
      <Backpack adventurer={adventurer} />
      <ActAsSelf id={id} />
      <h3>What it did</h3>
      <History history={history} />
      <h3>Identity</h3>
      <dl class="coordinates">
        <Fact name="Adventurer">
          <Copy label="adventurer" value={id} />
        </Fact>
        <Fact name="Account">
          <Copy label="account" value={adventurer.owner} />
        </Fact>
      </dl>
    </>
  )
}
