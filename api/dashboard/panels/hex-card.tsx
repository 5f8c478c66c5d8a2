/**
 * What is known of one hex: who holds it, how it stands with decay, its areas, who is here, and
 * what happened.
 */
import type { JSX } from 'preact'
import { type Axial, cubeOfAxial } from '../../../domain/hex.ts'
import {
  immediateClaimBlock,
  minimumClaimOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  CLAIMABLE_DECAY_LEVEL,
  DECAY_PERIOD_BLOCKS,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { hexDetailDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import { counted, cubeText, grouped, placeText } from '../format/numbers.ts'
import { BIOMES, biomeCode, biomeRgb } from '../map/colours.ts'
import { shownBlockOf } from '../state/app-state.ts'
import { claimableBlockOf, decayLevelOf, holderOf, isClaimableHex } from '../state/hex-facts.ts'
import { placeOf } from '../state/place.ts'
import {
  type FeedEvent,
  type HexDetail,
  hexOf,
  type MapArea,
  type MapHex,
} from '../state/world-types.ts'
import { ActOnHex } from './act.tsx'
import { useAppState, useAt, useDetail, useSession } from './context.ts'
import { History, useHistory } from './history.tsx'
import { Bar, Copy, Fact, InBlocks, inSchemes, Who } from './pieces.tsx'

const FAMILY_WORDS = {
  green: 'green land',
  wet: 'wet land',
  sand: 'dry land',
  stone: 'stone',
  fire: 'fire',
  ice: 'ice',
  water: 'water',
} as const

/**
 * Block since which the holder holds it, by the last event that gave it away; null when that is too
 * long ago.
 */
const heldSince = (events: readonly FeedEvent[] | null): number | null => {
  const taken = events?.find(
    ({ type, data }) =>
      (type === 'ClaimInitiated' && Number(data.energy_locked) === 0) ||
      (type === 'AreaDiscovered' && data.area_type === 'Control'),
  )
  return taken?.block.number ?? null
}

const Decay = ({ hex, now }: { hex: MapHex; now: number }): JSX.Element | null => {
  const { decay } = hex
  if (decay === null) return null
  const upkeep = decay.upkeepPer100Blocks
  const projected = decayLevelOf(hex, now)
  const due = claimableBlockOf(decay)
  return (
    <>
      <h3>Upkeep and decay</h3>
      <Bar value={projected} max={100} kind="decay" mark={CLAIMABLE_DECAY_LEVEL} label="Decay" />
      <dl>
        <Fact name="Decay">
          {projected} of 100
          {projected === decay.level ? null : (
            <span class="faint"> once settled; {decay.level} on chain</span>
          )}
        </Fact>
        <Fact name="Reserve">
          {counted(decay.energyReserve, 'energy', 'energy')}{' '}
          <span class="faint">
            − {upkeep} per {DECAY_PERIOD_BLOCKS} blocks
          </span>
        </Fact>
        {isClaimableHex(hex) ? (
          <>
            <Fact name="Claimable">
              for at least <strong>{minimumClaimOf(upkeep, decay.level)}</strong> energy
            </Fact>
            <Fact name="Falls at once">
              <InBlocks block={immediateClaimBlock(decay.claimableSinceBlock ?? now)} now={now} />
            </Fact>
          </>
        ) : (
          <Fact name="Claimable">
            {due <= now ? 'as soon as it is settled' : <InBlocks block={due} now={now} />}
          </Fact>
        )}
      </dl>
    </>
  )
}

const Claim = ({ hex, now }: { hex: MapHex; now: number }): JSX.Element | null => {
  if (hex.claim === null) return null
  const { claimantId, energyLocked, expiryBlock } = hex.claim
  const isOver = expiryBlock !== null && expiryBlock < now
  return (
    <p class="claim">
      <Who id={claimantId} /> lays claim to it with {energyLocked} energy; it can be defended{' '}
      {isOver ? 'no more' : expiryBlock === null ? 'for ever' : 'until '}
      {isOver || expiryBlock === null ? null : <InBlocks block={expiryBlock} now={now} />}
    </p>
  )
}

const AREA_NAMES = {
  Wilderness: 'Wilderness',
  Control: 'Control area',
  PlantField: 'Plant field',
  MineField: 'Mine field',
}

const AreaRow = ({ area }: { area: MapArea }): JSX.Element => (
  <li class={area.type === null ? 'unknown' : area.type.toLowerCase()}>
    <div>
      <strong>{area.type === null ? 'Undiscovered' : AREA_NAMES[area.type]}</strong>
      <span class="faint">
        {area.size === null ? '' : ` ${area.size.toLowerCase()} · quality ${area.quality}`}
      </span>
      {area.ownerId === null ? null : <Who id={area.ownerId} />}
    </div>
    {area.type === 'PlantField' ? (
      <ol class="plants" aria-label="Plants">
        {Array.from({ length: area.plantSlots ?? 0 }, (_, slot) => {
          const plant = area.plants.find((grown) => grown.slot === slot)
          if (plant === undefined)
            return <li key={slot} class="unexamined" title="not examined yet" />
          const text = `${plant.species.toLowerCase()}: ${plant.currentYield} of ${plant.maxYield} left`
          return (
            <li key={slot} title={text} aria-label={text}>
              <i
                style={{ height: `${(plant.currentYield / Math.max(1, plant.maxYield)) * 100}%` }}
              />
            </li>
          )
        })}
      </ol>
    ) : null}
  </li>
)

const Areas = ({ hex }: { hex: MapHex }): JSX.Element | null => {
  const count = hex.areaCount ?? 0
  if (count === 0) return null
  const known = hex.areas.filter(({ isDiscovered }) => isDiscovered)
  return (
    <>
      <h3>
        Areas{' '}
        <span class="faint">
          {known.length} of {count} discovered
        </span>
      </h3>
      <ul class="areas">
        {known.map((area) => (
          <AreaRow key={area.id} area={area} />
        ))}
      </ul>
    </>
  )
}

const Coordinates = ({
  place,
  detail,
}: {
  place: Axial
  detail: HexDetail | null
}): JSX.Element => {
  const { x, y, z } = cubeOfAxial(place)
  const { packed } = placeOf(place)
  return (
    <dl class="coordinates">
      <Fact name="Axial">
        <Copy label="axial coordinates" value={`${place.q},${place.r}`} text={placeText(place)} />
      </Fact>
      <Fact name="Cube">
        <Copy label="cube coordinates" value={`${x},${y},${z}`} text={cubeText(place)} />
      </Fact>
      <Fact name="Felt">
        <Copy label="packed felt" value={packed} />
      </Fact>
      {detail === null ? null : (
        <Fact name="H3">
          <Copy label="H3 cell" value={detail.coordinate.h3} />
        </Fact>
      )}
      {detail?.discoverer ? (
        <Fact name="Discoverer">
          <Copy label="account" value={detail.discoverer} />
        </Fact>
      ) : null}
    </dl>
  )
}

const Holder = ({ hex, since }: { hex: MapHex | null; since: number | null }): JSX.Element => {
  const ownerId = holderOf(hex)
  if (hex === null || !hex.isDiscovered)
    return <p class="lead">Nobody has been here to tell of it.</p>
  if (ownerId === null) return <p class="lead">Held by nobody.</p>
  return (
    <p class="lead">
      Held by <Who id={ownerId} />
      {since === null ? '' : ` since block ${grouped(since)}`}
    </p>
  )
}

const Here = ({ hex }: { hex: MapHex }): JSX.Element | null =>
  hex.adventurers.length === 0 ? null : (
    <>
      <h3>Here now</h3>
      <ul class="here">
        {hex.adventurers.map((adventurer) => (
          <li key={adventurer.id} class={adventurer.isAlive ? '' : 'dead'}>
            <Who id={adventurer.id} />
            <span class="faint">
              {adventurer.isAlive
                ? `${adventurer.effectiveEnergy} / ${adventurer.maxEnergy} energy`
                : 'dead'}
            </span>
          </li>
        ))}
      </ul>
    </>
  )

/** The card of a hex, as of the block that is looked at. */
export const HexCard = ({ place }: { place: Axial }): JSX.Element => {
  const session = useSession()
  const shown = useAppState((state) => state.shown)
  const revision = useAppState((state) => state.atlasRevision)
  const now = useAppState(shownBlockOf)
  const at = useAt()
  const { packed } = placeOf(place)
  const drawn = session.atlas.hexes.get(packed) ?? null
  const subject = `${packed} ${shown}`
  const turn = turnOf(drawn, revision)
  const { data: detail, trouble } = useDetail(`hex ${subject}`, turn, async (signal) => {
    const variables = { coordinate: packed, whole: true, ...at }
    const answer = await session.client.query(hexDetailDocument, variables, { signal })
    return hexOf(answer.hex)
  })
  const hex = detail ?? drawn
  const history = useHistory(`hex ${subject}`, turn, { hex: { q: place.q, r: place.r }, ...at })
  const biome = hex?.isDiscovered ? hex.biome : null
  const code = biomeCode(biome)
  return (
    <>
      <header class="card-title">
        <span
          class="swatch"
          style={biome === null ? {} : inSchemes((scheme) => biomeRgb(code, scheme))}
        />
        <div>
          <h2>{biome ?? 'Undiscovered'}</h2>
          <p class="faint">
            {placeText(place)}
            {biome === null ? '' : ` · ${FAMILY_WORDS[BIOMES[code]?.family ?? 'stone']}`}
            {hex?.discoveryBlock ? ` · discovered in block ${grouped(hex.discoveryBlock)}` : ''}
          </p>
        </div>
      </header>
      {trouble === null ? null : <p class="trouble">{trouble}</p>}
      <Holder hex={hex} since={heldSince(history.data)} />
      {hex === null ? null : (
        <>
          <Claim hex={hex} now={now} />
          <Here hex={hex} />
          <Decay hex={hex} now={now} />
          <Areas hex={hex} />
        </>
      )}
      <ActOnHex place={place} hex={hex} />
      <h3>What happened here</h3>
      <History history={history} />
      <h3>Coordinates</h3>
      <Coordinates place={place} detail={detail} />
    </>
  )
}

const turns = new WeakMap<object, number>()
let turnsCounted = 0

/** A key that changes when the atlas holds another state of the hex; `revision` makes it look. */
const turnOf = (hex: MapHex | null, revision: number): string => {
  if (hex === null) return `unknown ${Math.floor(revision / 50)}`
  const known = turns.get(hex)
  if (known !== undefined) return String(known)
  turnsCounted += 1
  turns.set(hex, turnsCounted)
  return String(turnsCounted)
}
