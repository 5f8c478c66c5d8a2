/**
 * The dashboard in the browser: opens a session with the server that served the page, and renders
 * it.
 */
import { render } from 'preact'
import { FatalError } from '../../domain/errors.ts'
import { keepAddress, takeToken } from './address.ts'
import { listenToKeys } from './keyboard.ts'
import { App } from './panels/app.tsx'
import { Session } from './state/session.ts'

const root = document.querySelector('#app')
if (root === null) throw new FatalError('the page has no place for the dashboard')

const session = new Session({
  url: new URL('/graphql', location.href).href,
  token: takeToken(),
  search: location.search,
})
const forever = new AbortController().signal
root.replaceChildren()
render(<App session={session} />, root)
listenToKeys(session, forever)
keepAddress(session, forever)
