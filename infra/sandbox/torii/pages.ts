/**
 * The two pages that Torii serves to people: one for GraphQL, one for SQL. They load nothing from
 * other hosts.
 */

const page = (title: string, form: string, script: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>
  body { font: 14px system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
  textarea { width: 100%; height: 14rem; font: 13px ui-monospace, monospace }
  pre { white-space: pre-wrap; overflow-wrap: anywhere }
</style>
<h1>${title}</h1>
<form>${form}<p><button>Run</button></form>
<pre></pre>
<script>
  const output = document.querySelector('pre')
  const show = async (response) => {
    const text = await response.text()
    try { output.textContent = JSON.stringify(JSON.parse(text), null, 2) } catch { output.textContent = text }
  }
  document.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault()
    const { value } = document.querySelector('textarea')
    ${script}.then(show, (error) => { output.textContent = String(error) })
  })
</script>
</html>
`

export const GRAPHQL_PAGE = page(
  'Torii GraphQL',
  '<textarea aria-label="Query">{ models(first: 100) { edges { node { namespace name } } } }</textarea>',
  `fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: value }) })`,
)

export const SQL_PAGE = page(
  'Torii SQL',
  '<textarea aria-label="Statement">SELECT namespace, name FROM models ORDER BY name</textarea>',
  `fetch('/sql', { method: 'POST', body: value })`,
)
