/**
 * The front page: what a browser sees that finds the console. No secret, no name of anything inside.
 *
 * @module
 */

export function frontPage(version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sallygate console</title>
</head>
<body>
<h1>Sallygate console</h1>
<p>Version ${version} is running. It manages connectors that dial out of internal networks, so that nothing has to be let in.</p>
<h2>Next step</h2>
<p>On this machine, run <code>npx sallygate status</code>, then <code>npx sallygate search Ada --trace</code>
to see a look-up cross the gate.</p>
<p>Programs use the API under <code>/api</code> with a key; <code>docs/api.md</code> describes it.</p>
</body>
</html>
`
}
