// A visit is written and signed without a net: what is typed and photographed is kept on the phone and goes off under one
// key. Without this file the forms are sent as any other.

import { page } from '../draft/page.js'
import { beginKept } from '../kept/begin.js'
import { visitHere } from './form.js'
import { readyHere } from './ready.js'
import { signHere } from './second.js'

beginKept({ sign: signHere, ready: readyHere }[page.kind] ?? visitHere)
