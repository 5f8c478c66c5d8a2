/**
 * Acting: who acts, what could be done about what is selected, and the way of each command to its
 * end.
 */
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { feltOfShortString } from '../../../domain/felt.ts'
import type { Axial } from '../../../domain/hex.ts'
import { blankHex } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { Actor, Offer } from '../acting/offer.ts'
import { offersForHex, offersForSelf } from '../acting/offers.ts'
import { actorOf } from '../state/adventurer-detail.ts'
import { headBlockOf } from '../state/app-state.ts'
import { placeOf } from '../state/place.ts'
import type { OfferedHex } from '../state/world-types.ts'
import { useAppState, useSession } from './context.ts'
import { OrderRow } from './order-row.tsx'
import { useAdventurer } from './use-adventurer.ts'
import { useCandidates } from './use-candidates.ts'

const NAME_CHARACTERS_MAX = 31
const ORDERS_SHOWN_MAX = 4

const OfferRow = ({ offer, actor }: { offer: Offer; actor: Actor }): JSX.Element => {
  const session = useSession()
  const { amount } = offer
  const [chosen, setChosen] = useState(amount?.initial ?? 0)
  useEffect(() => setChosen(amount?.initial ?? 0), [offer.key, amount?.initial])
  const unmet = offer.needs.filter(({ isMet }) => !isMet)
  const give = (event: Event) => {
    event.preventDefault()
    const args = amount === null ? offer.args : { ...offer.args, [amount.argument]: chosen }
    void session.order({
      entrypoint: offer.entrypoint,
      title: offer.title,
      args,
      account: actor.owner,
    })
  }
  return (
    <li class={unmet.length === 0 ? 'offer' : 'offer unmet'}>
      <form onSubmit={give}>
        <p>
          <strong>{offer.title}</strong>
          <small>{offer.price}</small>
          {unmet.length === 0 ? null : (
            <small class="needs">needs: {unmet.map(({ text }) => text).join('; ')}</small>
          )}
        </p>
        {amount === null ? null : (
          <label>
            <span class="unseen">{amount.label}</span>
            <input
              type="number"
              required
              min={amount.min}
              max={amount.max}
              value={chosen}
              title={amount.label}
              onInput={(event) => setChosen(event.currentTarget.valueAsNumber)}
            />
          </label>
        )}
        <button type="submit" class={unmet.length === 0 ? 'primary' : ''}>
          {unmet.length === 0 ? 'Do it' : 'Try'}
        </button>
      </form>
    </li>
  )
}

const CreateAdventurer = (): JSX.Element => {
  const session = useSession()
  const [name, setName] = useState('')
  const isName = name !== '' && feltOfShortString(name) !== null
  const give = (event: Event) => {
    event.preventDefault()
    if (!isName) return
    const title = `Create an adventurer called ${name}`
    void session.order({
      entrypoint: 'create_adventurer',
      title,
      args: { name },
      account: null,
    })
    setName('')
  }
  return (
    <form class="create" onSubmit={give}>
      <label>
        Send out an adventurer of your own
        <input
          required
          maxLength={NAME_CHARACTERS_MAX}
          pattern="[ -~]+"
          placeholder="its name"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        Create
      </button>
    </form>
  )
}

const ActorChoice = (): JSX.Element => {
  const session = useSession()
  const actingId = useAppState((state) => state.actingId)
  const candidates = useCandidates()
  return (
    <label class="actor">
      Act as
      <select
        value={actingId ?? ''}
        onChange={(event) => session.store.set({ actingId: event.currentTarget.value || null })}
      >
        <option value="">choose…</option>
        {candidates.map(({ id, name, isOwn }) => (
          <option key={id} value={id}>
            {isOwn ? `★ ${name}` : name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The last commands and how they end, where they stay in sight whatever is scrolled. */
export const Orders = (): JSX.Element => {
  const orders = useAppState((state) => state.orders)
  return (
    <ol class="orders" aria-label="Commands" aria-live="polite">
      {orders.slice(0, ORDERS_SHOWN_MAX).map((order) => (
        <OrderRow key={order.key} order={order} />
      ))}
    </ol>
  )
}

const Locked = (): JSX.Element => (
  <p class="empty">
    You are watching. To act, open the address that the server printed when it started: it carries
    the operator’s token.
  </p>
)

const Offers = ({ actor, offers }: { actor: Actor; offers: readonly Offer[] }): JSX.Element =>
  offers.length === 0 ? (
    <p class="empty">There is nothing that {actor.name} could do about it.</p>
  ) : (
    <ul class="offers">
      {offers.map((offer) => (
        <OfferRow key={offer.key} offer={offer} actor={actor} />
      ))}
    </ul>
  )

type OffersOf = (actor: Actor) => readonly Offer[]

const ActingAs = ({ id, offersOf }: { id: string; offersOf: OffersOf }): JSX.Element => {
  const session = useSession()
  const { data } = useAdventurer(id)
  if (data === null) return <p class="empty">Reading…</p>
  const actor = actorOf(data, session.items.nameOf)
  return <Offers actor={actor} offers={offersOf(actor)} />
}

/** Who acts, what that adventurer could do, and what was asked for; or why nobody can act. */
const Acting = ({ offersOf }: { offersOf: OffersOf }): JSX.Element => {
  const token = useAppState((state) => state.token)
  const isPast = useAppState((state) => state.shown !== null)
  const actingId = useAppState((state) => state.actingId)
  if (isPast) return <p class="empty">The past cannot be changed. Return to live to act.</p>
  if (token === null) return <Locked />
  return (
    <>
      <ActorChoice />
      {actingId === null ? <CreateAdventurer /> : <ActingAs id={actingId} offersOf={offersOf} />}
    </>
  )
}

const ActSection = ({ children }: { children: ComponentChildren }): JSX.Element => (
  <section class="act" aria-label="Act">
    <h3>Act</h3>
    {children}
  </section>
)

/** What the chosen adventurer could do about a hex. */
export const ActOnHex = ({ place, hex }: { place: Axial; hex: OfferedHex | null }): JSX.Element => {
  const head = useAppState(headBlockOf)
  return (
    <ActSection>
      <Acting offersOf={(actor) => offersForHex(actor, hex ?? blankHex(placeOf(place)), head)} />
    </ActSection>
  )
}

/** What an adventurer could do about itself, when it is the one that acts. */
export const ActAsSelf = ({ id }: { id: string }): JSX.Element => {
  const session = useSession()
  const actingId = useAppState((state) => state.actingId)
  const canAct = useAppState((state) => state.token !== null && state.shown === null)
  const head = useAppState(headBlockOf)
  return (
    <ActSection>
      {canAct && actingId !== id ? (
        <button type="button" onClick={() => session.store.set({ actingId: id })}>
          Act as this adventurer
        </button>
      ) : (
        <Acting offersOf={(actor) => offersForSelf(actor, head)} />
      )}
    </ActSection>
  )
}
