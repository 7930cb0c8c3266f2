// A visit is written without a net: what is typed and photographed is kept on the phone and goes off under one key. Without
// this file the form is sent as any other.

import { beginKept } from '../kept/begin.js'
import { visitHere } from './form.js'

beginKept(visitHere)
