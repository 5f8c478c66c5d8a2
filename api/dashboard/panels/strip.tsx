/** The strip along the top: which world, how far it is, how well we hear it, and its figures. */
import type { ComponentChildren, JSX } from 'preact'
import { parseFelt, shortStringOf } from '../../../domain/felt.ts'
import { compact, grouped, spanText } from '../format/numbers.ts'
import type { AppState, Connection } from '../state/app-state.ts'
import { figuresWhen } from '../state/standing.ts'
import { useAppState, useNow, useSession } from './context.ts'
import { IconButton } from './icons.tsx'
import { Spark } from './pieces.tsx'

const CONNECTION_TITLES: Readonly<Record<Connection, string>> = {
  live: 'Changes arrive as they happen',
  quiet: 'Connected; no new block has come for some time',
  'catching up': 'Reading what is missing',
  resuming: 'The connection was lost; going on from where it was',
  offline: 'The server cannot be reached; what you see is as of the last change',
}

const Figure = ({
  name,
  title,
  children,
}: {
  name: string
  title?: string | undefined
  children: ComponentChildren
}) => (
  <div class="figure" title={title}>
    <span class="name">{name}</span>
    <span class="value">{children}</span>
  </div>
)

const worldNameOf = ({ meta }: AppState): string => {
  if (meta === null) return ' '
  const felt = parseFelt(meta.chainId)
  return (felt === null ? null : shortStringOf(felt)) ?? meta.chainId
}

const BlockFigure = (): JSX.Element => {
  const block = useAppState((state) => state.meta?.block ?? null)
  const now = useNow(1_000)
  if (block === null) return <Figure name="block">–</Figure>
  return (
    <Figure name="block" title={`Made ${block.time}`}>
      {grouped(block.number)}{' '}
      <span class="faint age">{spanText(now - Date.parse(block.time))} ago</span>
    </Figure>
  )
}

const Figures = (): JSX.Element => {
  const overview = useAppState((state) => state.overview)
  const samples = useAppState((state) => state.energySamples)
  const known = (value: number | undefined): string => (value === undefined ? '–' : grouped(value))
  const energy =
    overview === null ? null : BigInt(overview.energyHeld) + BigInt(overview.energyInReserves)
  return (
    <>
      <Figure name="hexes" title="Hexes discovered">
        {known(overview?.hexesDiscovered)}
      </Figure>
      <Figure
        name="territories"
        title={`Hexes held by somebody: ${known(overview?.controlledHexes)}`}
      >
        {known(overview?.territories)}
      </Figure>
      <Figure
        name="active"
        title="Adventurers that did something in the last 100 blocks, of those alive"
      >
        {known(overview?.activeAdventurers)}
        <span class="faint"> / {known(overview?.livingAdventurers)}</span>
      </Figure>
      <Figure
        name="energy"
        title={
          overview === null
            ? undefined
            : `In circulation: ${overview.energyHeld} with adventurers, ${overview.energyInReserves} in hexes`
        }
      >
        {energy === null ? '–' : compact(energy)}{' '}
        {samples.length > 2 ? <Spark samples={samples} /> : null}
      </Figure>
    </>
  )
}

/** The figures have no past: of when they are is said wherever that is not of now. */
const FiguresWhen = (): JSX.Element | null => {
  const when = useAppState(figuresWhen)
  return when === null ? null : (
    <span class="when" title="Of when the figures are, and not of the block that is shown">
      {when}
    </span>
  )
}

const ConnectionWord = (): JSX.Element => {
  const connection = useAppState((state) => state.connection)
  return (
    <output
      class={`connection ${connection.replace(' ', '-')}`}
      title={CONNECTION_TITLES[connection]}
    >
      <i aria-hidden="true" />
      {connection}
    </output>
  )
}

/** World, figures, connection, and the buttons of the page. */
export const Strip = (): JSX.Element => {
  const session = useSession()
  const world = useAppState(worldNameOf)
  return (
    <header class="strip">
      <h1 class="cartouche">
        <span class="title">Chronohex</span>
        <span class="world" title="The chain of this world">
          {world}
        </span>
      </h1>
      <div class="figures">
        <BlockFigure />
        <Figures />
        <FiguresWhen />
      </div>
      <ConnectionWord />
      <div class="tools">
        <IconButton
          sign="search"
          label="Search (/)"
          onClick={() => session.store.set({ dialog: 'search' })}
        />
        <IconButton
          sign="help"
          label="Help (?)"
          onClick={() => session.store.set({ dialog: 'help' })}
        />
      </div>
    </header>
  )
}
