/**
 * The layers of the map as switches, each explained by what of it is on screen now, and nothing
 * else.
 */
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { BIOMES, biomeRgb } from '../map/colours.ts'
import { type Survey, surveyOf } from '../map/survey.ts'
import { headBlockOf } from '../state/app-state.ts'
import { LAYERS, type Layer } from '../view-url.ts'
import { useAppState, useSession } from './context.ts'
import { Sign } from './icons.tsx'
import { CloseSheet, inSchemes, Who } from './pieces.tsx'
import { useRoving } from './roving.ts'

const NAMES: Readonly<Record<Layer, string>> = {
  biome: 'Biomes',
  ownership: 'Territories',
  decay: 'Decay',
  heat: 'Activity',
  resources: 'Resources',
  adventurers: 'Adventurers',
}
const SURVEY_MS = 400
const OWNERS_SHOWN_MAX = 8

/** What is in view, found again when the map or the world moved, a few times a second at most. */
const useSurvey = (): Survey => {
  const session = useSession()
  const camera = useAppState((state) => state.camera)
  const revision = useAppState((state) => state.atlasRevision)
  const head = useAppState(headBlockOf)
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    const timer = setTimeout(() => setAsked((count) => count + 1), SURVEY_MS)
    return () => clearTimeout(timer)
  }, [camera, revision])
  return useMemo(() => surveyOf(session.atlas, camera, head), [asked])
}

const Biomes = ({ survey }: { survey: Survey }): JSX.Element => (
  <ul class="key biomes">
    {BIOMES.map(({ biome }, code) =>
      survey.biomes.has(biome) ? (
        <li key={biome}>
          <i class="hex" style={inSchemes((scheme) => biomeRgb(code, scheme))} />
          {biome}
        </li>
      ) : null,
    )}
  </ul>
)

const Owners = ({ survey }: { survey: Survey }): JSX.Element | null => {
  const list = useRoving<HTMLUListElement>()
  if (survey.owners.length === 0) return null
  return (
    <ul class="key owners" ref={list}>
      {survey.owners.slice(0, OWNERS_SHOWN_MAX).map(({ id, hexes }) => (
        <li key={id}>
          <Who id={id} />
          <span class="faint number">{hexes}</span>
        </li>
      ))}
      {survey.owners.length > OWNERS_SHOWN_MAX ? (
        <li class="faint">and {survey.owners.length - OWNERS_SHOWN_MAX} more</li>
      ) : null}
    </ul>
  )
}

/** How often something is in view; nothing when it is not. */
const Count = ({
  sign,
  what,
  count,
}: {
  sign: string
  what: string
  count: number
}): JSX.Element | null =>
  count === 0 ? null : (
    <li>
      <i class={sign} /> {what} <span class="faint number">{count}</span>
    </li>
  )

const Decays = ({ survey }: { survey: Survey }): JSX.Element | null =>
  survey.decaying + survey.claimable + survey.claimed === 0 ? null : (
    <ul class="key">
      <Count sign="hatch" what="decaying" count={survey.decaying} />
      <Count sign="ring" what="can be claimed" count={survey.claimable} />
      <Count sign="ring broken" what="claim pending" count={survey.claimed} />
    </ul>
  )

const Heat = (): JSX.Element => (
  <p class="key ramp">
    quiet <i /> busy
  </p>
)

const Resources = ({ survey }: { survey: Survey }): JSX.Element | null =>
  survey.plants + survey.mines === 0 ? null : (
    <ul class="key">
      <Count sign="leaf" what="plant field" count={survey.plants} />
      <Count sign="gem" what="mine field" count={survey.mines} />
    </ul>
  )

const Adventurers = ({ survey }: { survey: Survey }): JSX.Element | null =>
  survey.adventurers === 0 ? null : (
    <p class="key">
      <i class="mark" /> ring: energy · number: crowd
    </p>
  )

const Explained = ({ layer, survey }: { layer: Layer; survey: Survey }): JSX.Element | null => {
  switch (layer) {
    case 'biome':
      return <Biomes survey={survey} />
    case 'ownership':
      return <Owners survey={survey} />
    case 'decay':
      return <Decays survey={survey} />
    case 'heat':
      return <Heat />
    case 'resources':
      return <Resources survey={survey} />
    case 'adventurers':
      return <Adventurers survey={survey} />
    default:
      return layer satisfies never
  }
}

/** Every layer with its switch. */
export const Legend = (): JSX.Element => {
  const session = useSession()
  const layers = useAppState((state) => state.layers)
  const survey = useSurvey()
  const isOpen = useAppState(({ isLegendOpen, selection }) => isLegendOpen ?? selection === null)
  return (
    <section class={`panel legend ${isOpen ? '' : 'folded'}`} aria-label="Layers and legend">
      <header>
        <h2>
          <button
            type="button"
            class="fold"
            aria-expanded={isOpen}
            onClick={() => session.store.set({ isLegendOpen: !isOpen })}
          >
            <Sign sign="layers" /> Legend
          </button>
        </h2>
        <CloseSheet />
      </header>
      {LAYERS.map((layer) => (
        <div key={layer} class="layer">
          <label>
            <input
              type="checkbox"
              checked={layers.includes(layer)}
              onChange={() => session.toggleLayer(layer)}
            />
            {NAMES[layer]}
          </label>
          {layers.includes(layer) ? <Explained layer={layer} survey={survey} /> : null}
        </div>
      ))}
    </section>
  )
}
