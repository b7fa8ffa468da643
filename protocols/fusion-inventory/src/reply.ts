/**
 * What the server says to an agent.
 *
 * @module
 */

/** What an agent hears on PROLOG or *contact*: send an inventory now, and again after so many hours. */
export function sendInventory(dialect: 'xml' | 'json', hours: number): Buffer {
  if (dialect === 'json') return json({ status: 'ok', expiration: hours })
  return xml(`<REPLY><RESPONSE>SEND</RESPONSE><PROLOG_FREQ>${hours}</PROLOG_FREQ></REPLY>`)
}

/** The inventory has arrived and is kept. */
export function inventoryKept(dialect: 'xml' | 'json', hours: number): Buffer {
  // An agent takes any document for *yes*; OCS agents look for this word.
  return dialect === 'json'
    ? json({ status: 'ok', expiration: hours })
    : xml('<REPLY><RESPONSE>ACCOUNT_UPDATE</RESPONSE></REPLY>')
}

/** For the agent's log. The newer agents show it, the older ones go by the status of the answer alone. */
export function refused(message: string): Buffer {
  return json({ status: 'error', message, expiration: 24 })
}

function xml(content: string): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${content}\n`, 'utf8')
}

function json(content: unknown): Buffer {
  return Buffer.from(JSON.stringify(content), 'utf8')
}
