summary-title = Réservation { $code }
summary-heading = Récapitulatif de réservation
summary-manage = Voir ou annuler cette réservation
summary-footer = Établi par { $tenant } avec Harmony le { $date }

export-name = Nom
export-email = Email
export-phone = Téléphone
export-language = Langue
export-note = Note
export-tags = Étiquettes
export-blocked = Bloqué
export-yes = oui
export-since = Client depuis
