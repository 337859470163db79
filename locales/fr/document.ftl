summary-title = Réservation { $code }
summary-heading = Récapitulatif de réservation
summary-manage = Voir ou annuler cette réservation
summary-footer = Établi par { $tenant } avec Harmony le { $date }
