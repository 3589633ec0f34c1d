"""The introduction of the API's page: enough to begin, without any other document."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = """\
Envíe un catálogo de miles de filas con una sola petición: la respuesta llega enseguida y la importación sigue después.

### De cero a una carga

1. Obtenga su token una vez: `POST /api/v1/auth/token` con `username` y `password`. Envíelo en cada petición:
   `Authorization: Token …`.
2. Envíe el archivo `.xlsx`, `.xls`, `.xlsb`, `.ods`, `.csv` o `.zip`. Responde **202** con `task_id` y `status_url`:

   ```
   curl -H "Authorization: Token …" -H "Idempotency-Key: $(uuidgen)" \\
     -F file=@productos.xlsx "https://…/api/v1/catalog/items/bulk-upload?reemplazar_duplicados=true"
   ```
3. Pregunte en `status_url`, cada `Retry-After` segundos, hasta que `status` sea `completed`, `failed` o `cancelled`.
   Envíe el último `ETag` en `If-None-Match`: si nada cambió la respuesta es **304**, sin cuerpo.
4. Si `result.resumen.rechazados` no es 0, lea `result.errores` o pida `…/corrections`: las filas rechazadas, para
   corregirlas y enviarlas de nuevo. Responde **202** mientras se preparan y **200** con el libro: repita según
   `Retry-After`. Las demás filas ya están importadas.

### Reglas de la casa

- **Errores**: siempre `{"code", "message", "errors": [{"field", "code", "message"}]}`. `code` es para programas y no
  cambia; `message` es para personas, en español o en inglés según `Accept-Language`.
- **Repetir** es seguro: use una clave nueva para cada envío; con la misma `Idempotency-Key` se recibe la primera
  respuesta; sin clave, el mismo archivo es la misma tarea mientras no termine.
- **429 y 503**: espere `Retry-After` segundos y repita.
- **404** es también lo que existe y es de otro proveedor.
- **Ayuda**: toda respuesta trae `X-Request-ID`; menciónelo.
- Todo responde también bajo `/api/catalog/`, que es lo que dicen `status_url` y `errores_url`.
"""
