// A loss is reported without a net: what is typed and photographed is kept on the phone and goes off under one key. Without
// this file the form is sent as any other.

import { beginKept } from '../kept/begin.js'
import { lossHere } from './form.js'

beginKept(lossHere)
