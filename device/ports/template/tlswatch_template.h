/* A blank port: see tlswatch_template.c. */
#ifndef TLSWATCH_TEMPLATE_H
#define TLSWATCH_TEMPLATE_H

#include "../../src/tlswatch_port.h"

#ifdef __cplusplus
extern "C" {
#endif

const tlswatch_port* tlswatch_template_port(void);

#ifdef __cplusplus
}
#endif

#endif
