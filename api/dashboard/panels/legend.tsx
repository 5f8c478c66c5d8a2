/**
 * The layers of the map as switches, each explained by what of it is on screen now, and nothing
 * else.
 */
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { BIOMES, biomeRgb, cssOf } from '../map/colours.ts'
import { type Survey, surveyOf } from '../map/survey.ts'
import type { Layer } from '../view-url.ts'
import { LAYERS } from '../view-url.ts'
import { useAppState, useSession } from './context.ts'
import { Sign } from './icons.tsx'
import { Who } from './pieces.tsx'

const NAMES: Readonly<Record<Layer, string>> = {
  biome: 'Biomes',
  ownership: 'Territories',
  decay: 'Decay',
  heat: 'Activity',
  resources: 'Resources',
  adventurers: 'Adventurers',
}
const SURVEY_MS = 400

/** What is in view, found again when the map or the world moved, a few times a second at most. */
const useSurvey = (): Survey => {
  const session = useSession()
  const camera = useAppState((state) => state.camera)
  const revision = useAppState((state) => state.atlasRevision)
  const head = useAppState((state) => state.meta?.block?.number ?? 0)
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
          <i
            class="hex"
            style={{
              '--dark': cssOf(biomeRgb(code, 'dark')),
              '--light': cssOf(biomeRgb(code, 'light')),
            }}
          />
          {biome}
        </li>
      ) : null,
    )}
  </ul>
)

const Owners = ({ survey }: { survey: Survey }): JSX.Element | null =>
  survey.owners.length === 0 ? null : (
    <ul class="key owners">
      {survey.owners.slice(0, 8).map(({ id, hexes }) => (
        <li key={id}>
          <Who id={id} />
          <span class="faint number">{hexes}</span>
        </li>
      ))}
      {survey.owners.length > 8 ? <li class="faint">and {survey.owners.length - 8} more</li> : null}
    </ul>
  )

const Decays = ({ survey }: { survey: Survey }): JSX.Element | null =>
  survey.decaying + survey.claimable + survey.claimed === 0 ? null : (
    <ul class="key">
      {survey.decaying > 0 ? (
        <li>
          <i class="hatch" /> decaying <span class="faint number">{survey.decaying}</span>
        </li>
      ) : null}
      {survey.claimable > 0 ? (
        <li>
          <i class="ring" /> can be claimed <span class="faint number">{survey.claimable}</span>
        </li>
      ) : null}
      {survey.claimed > 0 ? (
        <li>
          <i class="ring broken" /> claim pending <span class="faint number">{survey.claimed}</span>
        </li>
      ) : null}
    </ul>
  )

const Rest = ({ layer, survey }: { layer: Layer; survey: Survey }): JSX.Element | null => {
  if (layer === 'heat') {
    return (
      <p class="key ramp">
        quiet <i /> busy
      </p>
    )
  }
  if (layer === 'resources' && survey.plants + survey.mines > 0) {
    return (
      <ul class="key">
        {survey.plants > 0 ? (
          <li>
            <i class="leaf" /> plant field <span class="faint number">{survey.plants}</span>
          </li>
        ) : null}
        {survey.mines > 0 ? (
          <li>
            <i class="gem" /> mine field <span class="faint number">{survey.mines}</span>
          </li>
        ) : null}
      </ul>
    )
  }
  if (layer === 'adventurers' && survey.adventurers > 0) {
    return (
      <p class="key">
        <i class="mark" /> ring: energy · number: crowd
      </p>
    )
  }
  return null
}

const Explained = ({ layer, survey }: { layer: Layer; survey: Survey }): JSX.Element | null => {
  if (layer === 'biome') return <Biomes survey={survey} />
  if (layer === 'ownership') return <Owners survey={survey} />
  if (layer === 'decay') return <Decays survey={survey} />
  return <Rest layer={layer} survey={survey} />
}

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
        <button
          type="button"
          class="icon sheet-only"
          aria-label="Close"
          onClick={() => session.store.set({ sheet: null })}
        >
          <Sign sign="close" />
        </button>
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
